//! What holds for every schedule whatever its parameters are.

use proptest::collection::vec;
use proptest::prelude::*;
use schedulers::{
    Constant, CosineAnnealing, ExponentialDecay, Linear, Mode, MultiStepDecay, PlateauState,
    ReduceOnPlateau, Schedule, StepDecay, Threshold,
};

/// Values that a rate may have, over many orders of magnitude and with zero.
fn rate() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), (-12.0..6.0).prop_map(|exponent: f64| 10f64.powf(exponent))]
}

fn decaying_gamma() -> impl Strategy<Value = f64> {
    prop_oneof![Just(1.0), Just(f64::MIN_POSITIVE), 0.001..1.0]
}

/// Steps near the start, anywhere, and at the far end.
fn step() -> impl Strategy<Value = u64> {
    prop_oneof![0..300u64, any::<u64>(), (0..300u64).prop_map(|back| u64::MAX - back)]
}

fn period() -> impl Strategy<Value = u64> {
    prop_oneof![1..100u64, 1..=u64::MAX]
}

/// `lower <= value <= upper` up to a few roundings.
fn assert_between(value: f64, lower: f64, upper: f64) {
    let slack = 4.0 * f64::EPSILON * upper;
    assert!(lower - slack <= value && value <= upper + slack, "{lower} <= {value} <= {upper}");
}

proptest! {
    #[test]
    fn decays_fall_and_stay_between_zero_and_their_start(
        initial in rate(), gamma in decaying_gamma(), period in period(),
        mut milestones in vec(any::<u64>(), 0..5), mut steps in vec(step(), 2..10),
    ) {
        milestones.sort_unstable();
        steps.sort_unstable();
        let schedules: [Box<dyn Schedule>; 3] = [
            Box::new(StepDecay::new(initial, period, gamma).unwrap()),
            Box::new(MultiStepDecay::new(initial, milestones, gamma).unwrap()),
            Box::new(ExponentialDecay::new(initial, gamma).unwrap()),
        ];
        for schedule in schedules {
            for pair in steps.windows(2) {
                let (earlier, later) = (schedule.at(pair[0]), schedule.at(pair[1]));
                assert_between(later, 0.0, earlier);
                assert_between(earlier, 0.0, initial);
            }
        }
    }

    #[test]
    fn growth_stays_finite(initial in rate(), gamma in 1.0..f64::MAX, step in step()) {
        let values = [
            ExponentialDecay::new(initial, gamma).unwrap().at(step),
            StepDecay::new(initial, 3, gamma).unwrap().at(step),
            MultiStepDecay::new(initial, [0, 0, 5], gamma).unwrap().at(step),
        ];
        for value in values {
            prop_assert!(value.is_finite() && value >= initial);
        }
    }

    #[test]
    fn lines_and_cosines_go_from_one_end_to_the_other(
        a in rate(), b in rate(), length in period(), mut steps in vec(step(), 2..10),
    ) {
        steps.sort_unstable();
        let (low, high) = (a.min(b), a.max(b));
        let up: [Box<dyn Schedule>; 2] = [
            Box::new(Linear::new(low, high, length).unwrap()),
            Box::new(CosineAnnealing::new(low, high, length).unwrap()),
        ];
        for schedule in up {
            prop_assert_eq!(schedule.at(0), low);
            prop_assert_eq!(schedule.at(length), high);
            for pair in steps.windows(2) {
                let (earlier, later) = (schedule.at(pair[0]), schedule.at(pair[1]));
                assert_between(earlier, low, high);
                assert_between(later, low, high);
                // One rounding of the cosine, which is at most 1, counts in units of the range.
                assert!(earlier <= later + 4.0 * f64::EPSILON * high, "{earlier} <= {later}");
            }
        }
    }

    #[test]
    fn an_oscillation_stays_in_range_and_repeats(
        a in rate(), b in rate(), length in 1..1u64 << 40, step in step(),
    ) {
        let schedule = CosineAnnealing::new(a, b, length).unwrap().oscillating();
        assert_between(schedule.at(step), a.min(b), a.max(b));
        let period = 2 * length;
        prop_assert_eq!(schedule.at(step), schedule.at(step % period));
    }

    #[test]
    fn composition_is_what_it_says(
        a in rate(), b in rate(), gamma in decaying_gamma(), switch in step(), step in step(),
    ) {
        let (first, next) = (Constant::new(a).unwrap(), ExponentialDecay::new(b, gamma).unwrap());
        let then = first.then(switch, next);
        let expected = if step < switch { first.at(step) } else { next.at(step - switch) };
        prop_assert_eq!(then.at(step), expected);
        prop_assert_eq!(first.chain(next).at(step), first.at(step) * next.at(step));
        prop_assert_eq!(next.scaled(a).unwrap().at(step), a * next.at(step));
    }

    /// A resumed run asks for later steps only, of schedules that it has built anew.
    #[test]
    fn a_resumed_run_sees_the_same_values(resume_at in 0..100u64) {
        let build = || {
            let annealing = CosineAnnealing::new(0.1, 0.001, 40).unwrap().oscillating();
            let milestones = MultiStepDecay::new(1.0, [15, 60], 0.3).unwrap();
            Linear::warmup(0.1, 10).unwrap().then(10, annealing).chain(milestones)
        };
        let whole: Vec<u64> = (0..100).map(|step| build().at(step).to_bits()).collect();
        let resumed = build();
        let rest: Vec<u64> = (resume_at..100).map(|step| resumed.at(step).to_bits()).collect();
        prop_assert_eq!(&whole[resume_at as usize..], rest);
    }

    #[test]
    fn values_that_are_no_rates_are_refused(
        bad in prop_oneof![
            Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), -1e300..-1e-300,
        ],
    ) {
        prop_assert!(Constant::new(bad).is_err());
        prop_assert!(StepDecay::new(bad, 1, 0.5).is_err());
        prop_assert!(StepDecay::new(0.1, 1, bad).is_err());
        prop_assert!(MultiStepDecay::new(bad, [], 0.5).is_err());
        prop_assert!(MultiStepDecay::new(0.1, [], bad).is_err());
        prop_assert!(ExponentialDecay::new(bad, 0.5).is_err());
        prop_assert!(ExponentialDecay::new(0.1, bad).is_err());
        prop_assert!(Linear::new(bad, 0.0, 1).is_err());
        prop_assert!(Linear::new(0.0, bad, 1).is_err());
        prop_assert!(Linear::warmup(bad, 1).is_err());
        prop_assert!(CosineAnnealing::new(bad, 0.0, 1).is_err());
        prop_assert!(CosineAnnealing::new(0.1, bad, 1).is_err());
        prop_assert!(1.0.scaled(bad).is_err());
        prop_assert!(ReduceOnPlateau::default().init(bad).is_err());
        prop_assert!(ReduceOnPlateau::default().with_factor(bad).is_err());
        prop_assert!(ReduceOnPlateau::default().with_minimum(bad).is_err());
        prop_assert!(ReduceOnPlateau::default().with_epsilon(bad).is_err());
        prop_assert!(
            ReduceOnPlateau::default().with_threshold(Threshold::Relative(bad)).is_err()
        );
    }

    #[test]
    fn a_plateau_reduces_only_after_the_patience_and_never_below_the_floor(
        metrics in vec(prop_oneof![Just(f64::NAN), any::<f64>(), -1.0..1.0], 0..60),
        patience in 0..5u64, cooldown in 0..4u64, maximize in any::<bool>(),
        minimum in 0.0..0.2, stop_at in 0..60usize,
    ) {
        let mode = if maximize { Mode::Maximize } else { Mode::Minimize };
        let rule = ReduceOnPlateau::default()
            .with_mode(mode)
            .with_patience(patience)
            .with_cooldown(cooldown)
            .with_minimum(minimum)
            .unwrap();
        let mut state = rule.init(1.0).unwrap();
        let mut resumed: Option<PlateauState> = None;
        let mut since_reduction = 0;
        for (epoch, &metric) in metrics.iter().enumerate() {
            if epoch == stop_at {
                let PlateauState { value, best, bad_epochs, cooldown } = state;
                resumed = Some(PlateauState { value, best, bad_epochs, cooldown });
            }
            let before = state.value;
            let reduced = rule.update(&mut state, metric);
            since_reduction += 1;
            if reduced {
                prop_assert!(state.value < before);
                prop_assert!(since_reduction > patience);
                since_reduction = 0;
            } else {
                prop_assert_eq!(state.value, before);
            }
            prop_assert!(state.value >= minimum && state.bad_epochs <= patience);
            prop_assert!(!state.best.is_some_and(f64::is_nan));
            if let Some(resumed) = &mut resumed {
                rule.update(resumed, metric);
                prop_assert_eq!(*resumed, state);
            }
        }
    }
}
