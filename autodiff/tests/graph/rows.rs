//! Sums and maps over rows: against the same functions written as loops.

use autodiff::{Dual, Function, Rows, Var, gradient, map_over, sum_over};
use calculus_core::Real;

use crate::harness::{assert_close, assert_same};

const DATA: [f64; 8] = [0.5, -1.0, 2.0, 0.25, -0.75, 1.5, 1.0, 3.0];
const INDEX: [u32; 4] = [1, 0, 1, 1];

/// A body with shared, constant, consecutive and gathered entries.
fn body<T: Real>(w: &[T], row: &[T]) -> [T; 2] {
    let hidden = (w[0] * row[0] + w[1] * row[2]).tanh();
    [hidden * row[3] + row[1], (hidden * row[4]).exp() * w[1]]
}

fn row<T: Real>(x: &[T], r: usize) -> Vec<T> {
    let gathered = 6 + 2 * INDEX[r] as usize;
    vec![T::from(DATA[2 * r]), T::from(DATA[2 * r + 1]), x[2 + r], x[gathered], x[gathered + 1]]
}

fn rows<T: Real>(x: &[T]) -> Rows<T> {
    Rows::of(4).data(&DATA[..]).variables(&x[2..6]).gather(&x[6..10], 2, &INDEX[..])
}

fn summed<T: Real>(x: &[T]) -> T {
    let [a, b] = sum_over(&rows(x), |row| body(x, row));
    a * a + b.sin()
}

fn summed_by_loop<T: Real>(x: &[T]) -> T {
    let mut sum = [T::from(0.0); 2];
    for r in 0..4 {
        let [a, b] = body(x, &row(x, r));
        sum = [sum[0] + a, sum[1] + b];
    }
    sum[0] * sum[0] + sum[1].sin()
}

fn mapped<T: Real>(x: &[T]) -> T {
    map_over(&rows(x), |row| body(x, row)).windows(2).map(|w| w[0] * w[1]).sum()
}

fn mapped_by_loop<T: Real>(x: &[T]) -> T {
    let all: Vec<T> = (0..4).flat_map(|r| body(x, &row(x, r))).collect();
    all.windows(2).map(|w| w[0] * w[1]).sum()
}

#[test]
fn sums_over_rows_have_the_derivatives_of_the_loop() {
    assert_same(summed, summed_by_loop, 10);
}

#[test]
fn maps_over_rows_have_the_derivatives_of_the_loop() {
    assert_same(mapped, mapped_by_loop, 10);
}

#[test]
fn any_scalar_goes_through_rows_as_through_the_loop() {
    let x: Vec<f64> = (0..10).map(|i| 0.3 + f64::from(i).sin()).collect();
    assert_eq!(summed(&x), summed_by_loop(&x));
    assert_eq!(mapped(&x), mapped_by_loop(&x));
    let x: Vec<_> = x.iter().map(|&x| Dual::<_>::new(Dual::new(x, [1.0]), [x.into()])).collect();
    assert_eq!(summed(&x), summed_by_loop(&x));
    assert_eq!(mapped(&x), mapped_by_loop(&x));
    let none = Rows::<f64>::of(0);
    assert_eq!(sum_over(&none, |_| [1.0, 2.0]), [0.0, 0.0]);
    assert!(sum_over(&none, |_| vec![1.0]).is_empty() && map_over(&none, |_| 1.0).is_empty());
}

#[test]
fn nested_sums_have_the_derivatives_of_the_loop() {
    let nested = |x: &[Var]| {
        sum_over(&Rows::new(2).data(&[0.5, -0.25][..]).variables(&x[0..4]), |outer| {
            let inner = Rows::new(3).data(&[1.0, 2.0, 3.0][..]).gather(&x[4..8], 2, &[0, 1, 0][..]);
            let terms =
                map_over(&inner, |row| (row[0] * outer[1] * outer[0] + row[1]).sin() * row[2]);
            terms.into_iter().fold(x[0], |a, b| a * b + outer[2])
        })
    };
    let by_loop = |x: &[Var]| {
        let mut sum = Var::from(0.0);
        for (r, t) in [0.5, -0.25].into_iter().enumerate() {
            let mut term = x[0];
            for (j, k) in [0, 1, 0].into_iter().enumerate() {
                let y = ((j + 1) as f64 * x[2 * r] * t + x[4 + 2 * k]).sin() * x[4 + 2 * k + 1];
                term = term * y + x[2 * r + 1];
            }
            sum += term;
        }
        sum
    };
    assert_same(nested, by_loop, 8);
}

#[test]
fn rows_that_decide_differently_are_recorded_apart() {
    fn body<T: Real>(a: T, w: T) -> T {
        if a > w {
            (a * w).exp()
        } else if a < -w {
            a * a * w
        } else {
            w - a
        }
    }
    let f = |x: &[Var]| sum_over(&Rows::new(5).variables(&x[1..]), |row| body(row[0], x[0]));
    let by_loop = |x: &[f64]| x[1..].iter().map(|&a| body(a, x[0])).sum::<f64>();
    let start = [1.0, 0.5, -0.5, 2.0, -3.0, 0.0];
    let mut function = Function::new(f, &start);
    let mut g = [0.0; 6];
    for k in 0..40 {
        let x: Vec<f64> =
            start.iter().zip(0..).map(|(&s, i)| s + (k as f64 + i as f64).sin()).collect();
        let value = function.value_and_gradient(&x, &mut g);
        assert!((value - by_loop(&x)).abs() <= 1e-13 * value.abs().max(1.0));
        let plain = gradient(|x: &[Var]| x[1..].iter().map(|&a| body(a, x[0])).sum(), &x);
        assert_close(&g, &plain);
    }
    assert!(function.recordings() < 40);
}

#[test]
fn without_rows_a_sum_is_zero() {
    let f = |x: &[Var]| sum_over(&Rows::new(0), |_| x[0]) + x[0];
    assert_eq!(gradient(f, &[2.0]), [1.0]);
    assert!(map_over(&Rows::new(0), |row| row[0]).is_empty());
}

fn as_many_as_positive<T: Real>(row: &[T]) -> Vec<T> {
    if row[0] > 0.0 { vec![row[0], row[0]] } else { vec![row[0]] }
}

#[test]
#[should_panic(expected = "as many numbers for every row")]
fn a_recorded_body_of_changing_length_is_refused() {
    gradient(|x| map_over(&Rows::new(2).variables(x), as_many_as_positive)[0], &[1.0, -1.0]);
}

#[test]
#[should_panic(expected = "as many numbers for every row")]
fn a_body_of_changing_length_is_refused_in_a_loop() {
    sum_over(&Rows::of(2).variables(&[1.0, -1.0]), as_many_as_positive);
}

#[test]
fn what_rows_hold_is_given_back_after_a_gradient() {
    let mut data: std::sync::Arc<[f64]> = vec![1.0, 2.0].into();
    let f = |x: &[Var]| sum_over(&Rows::new(2).data(data.clone()), |row| row[0] * x[0]);
    assert_eq!(gradient(f, &[1.0]), [3.0]);
    assert!(std::sync::Arc::get_mut(&mut data).is_some());
}

#[test]
#[should_panic(expected = "is not divided into 3 rows")]
fn a_table_of_the_wrong_size_is_refused() {
    let _ = Rows::new(3).data(&DATA[..]);
}

#[test]
#[should_panic(expected = "row 2 reads block 7 of 2 blocks of 2 variables")]
fn an_index_out_of_range_is_refused() {
    let x = [Var::from(1.0); 4];
    let _ = Rows::new(3).gather(&x, 2, &[0, 1, 7][..]);
}

#[test]
fn norms_of_rows_have_a_gradient_at_the_origin_of_one() {
    let f = |x: &[Var]| sum_over(&Rows::new(2).variables(x), |row| autodiff::vector::norm(row));
    assert_eq!(gradient(f, &[3.0, 4.0, 0.0, 0.0]), [0.6, 0.8, 0.0, 0.0]);
    let mut function = Function::new(f, &[1.0; 4]);
    let mut g = [0.0; 4];
    assert_eq!(function.value_and_gradient(&[3.0, 4.0, 0.0, 0.0], &mut g), 5.0);
    assert_eq!((g, function.recordings()), ([0.6, 0.8, 0.0, 0.0], 1));
}

#[test]
fn infinite_slopes_of_rows_count_as_those_of_a_loop() {
    // The slope of the first square root is infinite, and its weight is 0.
    let x = [0.0, 0.0, 1.0, 2.0, 0.5];
    let in_rows: [fn(&[Var]) -> Var; 2] = [
        |x| x[0] * sum_over(&Rows::new(4).variables(&x[1..]), |row| row[0].sqrt()),
        |x| sum_over(&Rows::new(4).variables(&x[1..]), |row| row[0].sqrt() * x[0]),
    ];
    let product = |f: fn(&[Var]) -> Var, direction: [f64; 5]| {
        let mut product = [0.0; 5];
        Function::new(f, &x).hvp(&x, &direction, &mut product);
        product
    };
    for f in in_rows {
        assert_eq!(gradient(f, &x)[1..], [0.0; 4]);
        // A weight that stays 0 takes no part, wherever the root moves,
        let moved = product(f, [0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(moved, [f64::INFINITY, 0.0, 0.0, 0.0, 0.0]);
        // and one that moves meets the slope.
        let moved = product(f, [1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(moved[..3], [0.0, f64::INFINITY, 0.5]);
        // Where both move there is no derivative.
        assert!(product(f, [1.0, 1.0, 0.0, 0.0, 0.0])[1].is_nan());
    }
}

#[test]
fn equal_products_leave_exactly_nothing() {
    let data = [0.7; 40];
    let f = |x: &[Var]| {
        sum_over(&Rows::new(40).data(&data[..]).variables(x), |row| {
            (row[0] * row[0] - row[1] * row[1]).sqrt()
        })
    };
    assert_eq!(Function::new(f, &[0.5; 40]).value(&[0.7; 40]), 0.0);
}
