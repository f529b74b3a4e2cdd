//! Where to keep the state of a recurrence so that it can be swept back in little memory.
//!
//! Griewank & Walther 2000, "Algorithm 799: revolve": with $s$ stored states and no step taken more
//! than $r$ times, $\binom{s+r}{s}$ steps can be reversed, and no more.

/// $\binom{n}{k}$, or the largest number where that overflows.
fn binomial(n: usize, k: usize) -> usize {
    (1..=k).try_fold(1_usize, |b, i| Some(b.checked_mul(n - k + i)? / i)).unwrap_or(usize::MAX)
}

/// How many of `steps` steps to take before the next state is stored, with `free` places for states
/// beside the one that they start from.
///
/// # Panics
/// If there are not at least two steps, or no place is free.
pub(super) fn advance(steps: usize, free: usize) -> usize {
    assert!(steps > 1 && free > 0, "one step needs no stored state");
    let stored = free + 1;
    let repetitions = (1..).find(|r| binomial(stored + r, stored) >= steps).unwrap_or(1);
    // The rest has one place less and may be repeated as often; the first part once less.
    let most = binomial(stored + repetitions - 1, stored);
    let least_rest = binomial(stored + repetitions - 2, stored - 1);
    most.min(steps - least_rest.min(steps - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number of steps taken to reverse as many, and the most states stored at a time.
    fn cost(steps: usize, free: usize) -> usize {
        match (steps, free) {
            (0 | 1, _) => 0,
            (_, 0) => steps * (steps - 1) / 2,
            _ => {
                let first = advance(steps, free);
                first + cost(steps - first, free - 1) + cost(first, free)
            }
        }
    }

    /// The optimum of the recurrence that defines it, by trying all splits.
    fn optimum(steps: usize, free: usize, known: &mut Vec<Vec<Option<usize>>>) -> usize {
        if steps < 2 {
            return 0;
        }
        if free == 0 {
            return steps * (steps - 1) / 2;
        }
        if let Some(cost) = known[steps][free] {
            return cost;
        }
        let best = (1..steps)
            .map(|m| m + optimum(steps - m, free - 1, known) + optimum(m, free, known))
            .min()
            .unwrap_or(0);
        known[steps][free] = Some(best);
        best
    }

    #[test]
    fn no_other_schedule_takes_fewer_steps() {
        let mut known = vec![vec![None; 8]; 80];
        for steps in 0..80 {
            for free in 0..8 {
                assert_eq!(cost(steps, free), optimum(steps, free, &mut known), "{steps} {free}");
            }
        }
    }

    #[test]
    fn a_million_steps_in_twenty_states_take_few_repetitions() {
        assert!(cost(1_000_000, 20) < 8_000_000);
    }
}
