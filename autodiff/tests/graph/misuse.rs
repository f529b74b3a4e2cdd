//! Bad use is noticed and names the remedy; it never yields a wrong number.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use autodiff::{Function, Graph, Var, gradient, jvp, value_and_gradient, vjp};
use calculus_core::Real;

fn message(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("the call panics");
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| {
        payload.downcast_ref::<&str>().expect("a panic message is a string").to_string()
    })
}

#[test]
fn an_escaped_variable_is_noticed() {
    let escaped = Cell::new(Var::from(0.0));
    gradient(
        |x| {
            escaped.set(x[0]);
            x[0]
        },
        &[1.0],
    );
    let outside = message(|| {
        let _ = escaped.get() + 1.0;
    });
    assert!(outside.contains("outside the recording that made it"), "{outside}");
    let in_another = message(|| {
        gradient(|x| x[0] * escaped.get(), &[1.0]);
    });
    assert!(in_another.contains("outside the recording that made it"), "{in_another}");
    let as_result = message(|| {
        gradient(|_| escaped.get(), &[1.0]);
    });
    assert!(as_result.contains("outside the recording that made it"), "{as_result}");
    let as_inner_result = message(|| {
        gradient(|x| x[0] + gradient(|_: &[Var]| escaped.get(), x)[0], &[1.0]);
    });
    assert!(as_inner_result.contains("outside the recording that made it"), "{as_inner_result}");
    let as_point = message(|| {
        gradient(|y: &[Var]| y[0], &[escaped.get()]);
    });
    assert!(as_point.contains("outside the recording that made it"), "{as_point}");
    let compared = message(|| {
        let _ = escaped.get() > 0.0;
    });
    assert!(compared.contains("outside the recording that made it"), "{compared}");
}

#[test]
fn a_panic_in_the_function_leaves_the_thread_usable() {
    for _ in 0..3 {
        let text = message(|| {
            gradient(
                |x| {
                    let inner = gradient(|y: &[Var]| y[0] * y[0], x);
                    assert!(inner[0] < 0.0, "the function gives up");
                    x[0]
                },
                &[1.0],
            );
        });
        assert!(text.contains("the function gives up"));
        assert_eq!(gradient(|x| x[0] * x[0], &[3.0]), [6.0]);
    }
}

#[test]
fn a_failing_inner_recording_does_not_disturb_the_outer_one() {
    let (value, slope) = value_and_gradient(
        |x| {
            let before = x[0] * 2.0;
            let failed = catch_unwind(|| gradient(|y: &[Var]| y[7], &[1.0]));
            assert!(failed.is_err());
            before * x[0] + gradient(|y: &[Var]| y[0].powi(3), &[2.0])[0]
        },
        &[3.0],
    );
    assert_eq!((value, slope[0]), (30.0, 12.0));
}

#[test]
fn lengths_are_checked() {
    let mut function = Function::new(|x: &[Var]| x[0] + x[1], &[1.0, 2.0]);
    assert!(
        message(|| {
            function.value(&[1.0]);
        })
        .contains("2 inputs")
    );
    let mut short = [0.0];
    let mut function = Function::new(|x: &[Var]| x[0] + x[1], &[1.0, 2.0]);
    message(|| function.gradient(&[1.0, 2.0], &mut short));
    assert!(
        message(|| {
            jvp(|x| [x[0]], &[1.0], &[1.0, 2.0]);
        })
        .contains("as many entries")
    );
    assert!(
        message(|| {
            vjp(|x| [x[0]], &[1.0], &[1.0, 2.0]);
        })
        .contains("1 outputs")
    );
    let mut vector = Function::new(|x: &[Var]| [x[0], x[0]], &[1.0]);
    assert!(message(|| vector.gradient(&[1.0], &mut [0.0])).contains("one output"));
    // Another branch may have another number of outputs: that of the point counts.
    let one_or_two = |x: &[Var]| if x[0] > 0.0 { vec![x[0]] } else { vec![x[0], x[0]] };
    let mut function = Function::new(one_or_two, &[1.0]);
    assert!(message(|| function.gradient(&[-1.0], &mut [0.0])).contains("one output"));
    function.gradient(&[2.0], &mut short);
    assert_eq!(short, [1.0]);
}

#[test]
fn threads_record_independently() {
    std::thread::scope(|scope| {
        for k in 0..4 {
            scope.spawn(move || {
                let c = f64::from(k);
                for _ in 0..50 {
                    assert_eq!(gradient(|x| x[0].powi(2) * c, &[3.0]), [6.0 * c]);
                }
            });
        }
    });
}

#[test]
fn nan_and_infinity_go_through() {
    let (value, slope) = value_and_gradient(|x| x[0] * 2.0 + x[1], &[f64::NAN, 1.0]);
    assert!(value.is_nan());
    assert_eq!(slope, [2.0, 1.0]);
    assert!(gradient(|x| x[0].sin(), &[f64::INFINITY])[0].is_nan());
    assert_eq!(gradient(|x| x[0].exp(), &[f64::NEG_INFINITY]), [0.0]);
}

#[test]
fn the_graph_reads_well() {
    let graph = Graph::record(
        |x| [x[0].powi(3).mul_add(x[1], 0.5), x[1].powf(1.5), x[0].polygamma(1)],
        &[1.0, 2.0],
    );
    let expected = "\
%0 = input
%1 = input
%2 = powi %0, 3
%3 = mul_add %2, %1, 0.5
%4 = powf %1, 1.5
%5 = polygamma %0, 1
return %3, %4, %5
";
    assert_eq!(graph.to_string(), expected);
    assert!(graph.to_dot().contains("n2 -> n3"));
    assert_eq!(graph.nodes().count(), graph.len());
}
