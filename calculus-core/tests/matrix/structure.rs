//! Entrywise and structural functions.

use calculus_core::elementary::Unary;
use calculus_core::matrix::{
    Direction, Part, add, block, broadcast, column_sums, concatenate_columns, concatenate_rows,
    cumulative_sum, diagonal, diagonal_matrix, divide, elementwise_pow, elementwise_powf, hadamard,
    map, maximum, mean, minimum, permute_rows, reshape, row_sums, scale, select_rows,
    skew_symmetrise, sub, sum, symmetrise, trace, transpose, triangular_part, vectorise,
};
use calculus_core::{Error, matrix};
use faer::{Mat, mat};

use crate::harness::number;
use crate::rule;

/// A function of two matrices of one shape, whose rules take the two.
macro_rules! two_matrices {
    ($test:ident, $name:literal, $function:ident) => {
        rule!($test, $name, 10.0;
            inputs |random| {
                let (m, n) = (random.size(0, 4), random.size(0, 4));
                vec![random.matrix(m, n), random.matrix(m, n)]
            };
            value |x| vec![$function::value(&x[0], &x[1])?];
            pushforward |x, dx| vec![$function::pushforward(&x[0], &x[1], &dx[0], &dx[1])?];
            pullback |x, y_bar| {
                let (a, b) = $function::pullback(&x[0], &x[1], &y_bar[0])?;
                vec![a, b]
            };
        );
    };
}

two_matrices!(sum_of_two, "add", add);
two_matrices!(difference, "sub", sub);
two_matrices!(hadamard_product, "hadamard", hadamard);

/// A function of one matrix, square or not, with constant arguments.
macro_rules! one_matrix {
    ($test:ident, $name:literal, |$m:ident, $n:ident| $shape:expr, $function:ident $(, $constant:expr)*) => {
        rule!($test, $name, 10.0;
            inputs |random| {
                #[allow(unused_variables)]
                let ($m, $n) = (random.size(0, 4), random.size(0, 4));
                let (rows, columns): (usize, usize) = $shape;
                vec![random.matrix(rows, columns)]
            };
            value |x| vec![$function::value(&x[0] $(, $constant)*)?];
            pushforward |x, dx| vec![$function::pushforward(&x[0] $(, $constant)*, &dx[0])?];
            pullback |x, y_bar| vec![$function::pullback(&x[0] $(, $constant)*, &y_bar[0])?];
        );
    };
}

one_matrix!(transposition, "transpose", |m, n| (m, n), transpose);
one_matrix!(diagonal_of_a_matrix, "diag_extract", |m, n| (m, n), diagonal);
one_matrix!(matrix_of_a_diagonal, "diag_embed", |m, n| (m, 1), diagonal_matrix);
one_matrix!(lower_part, "tril", |m, n| (m, n), triangular_part, Part::Lower);
one_matrix!(
    strictly_lower_part,
    "tril_strict",
    |m, n| (m, n),
    triangular_part,
    Part::StrictlyLower
);
one_matrix!(upper_part, "triu", |m, n| (m, n), triangular_part, Part::Upper);
one_matrix!(
    strictly_upper_part,
    "triu_strict",
    |m, n| (m, n),
    triangular_part,
    Part::StrictlyUpper
);
one_matrix!(diagonal_part, "diagonal_part", |m, n| (m, n), triangular_part, Part::Diagonal);
one_matrix!(symmetric_part, "symmetrise", |m, n| (m, m), symmetrise);
one_matrix!(skew_part, "skew_symmetrise", |m, n| (m, m), skew_symmetrise);
one_matrix!(sums_down, "cumsum", |m, n| (m, n), cumulative_sum, Direction::Down);
one_matrix!(sums_up, "cumsum_up", |m, n| (m, n), cumulative_sum, Direction::Up);
one_matrix!(sums_right, "cumsum_right", |m, n| (m, n), cumulative_sum, Direction::Right);
one_matrix!(sums_left, "cumsum_left", |m, n| (m, n), cumulative_sum, Direction::Left);
one_matrix!(sums_of_rows, "row_sum", |m, n| (m, n), row_sums);
one_matrix!(sums_of_columns, "col_sum", |m, n| (m, n), column_sums);
one_matrix!(copies_of_a_number, "broadcast_number", |m, n| (1, 1), broadcast, 3, 2);
one_matrix!(copies_of_a_row, "broadcast_row", |m, n| (1, 4), broadcast, 3, 4);
one_matrix!(copies_of_a_column, "broadcast_column", |m, n| (4, 1), broadcast, 4, 3);
one_matrix!(no_copies, "broadcast_nothing", |m, n| (1, 3), broadcast, 0, 3);
one_matrix!(other_shape, "reshape", |m, n| (3, 4), reshape, 2, 6);
one_matrix!(one_column, "vec", |m, n| (m, n), vectorise);
one_matrix!(inner_block, "block", |m, n| (m + 2, n + 3), block, 1..2, 0..2);
one_matrix!(empty_block, "empty_block", |m, n| (m + 2, n), block, 1..1, 0..0);
one_matrix!(rows_in_order, "permute_rows", |m, n| (4, n), permute_rows, &[2, 0, 3, 1]);
one_matrix!(rows_by_index, "select_rows", |m, n| (m + 2, n), select_rows, &[1, 0, 1]);
one_matrix!(hyperbolic_tangent, "tanh", |m, n| (m, n), map, Unary::Tanh);
one_matrix!(soft_plus, "softplus", |m, n| (m, n), map, Unary::Softplus);
one_matrix!(exponential, "exp", |m, n| (m, n), map, Unary::Exp);

/// A number made of one matrix.
macro_rules! one_number {
    ($test:ident, $name:literal, |$m:ident, $n:ident| $shape:expr, $function:ident) => {
        rule!($test, $name, 1e3;
            inputs |random| {
                #[allow(unused_variables)]
                let ($m, $n) = (random.size(1, 4), random.size(1, 4));
                let (rows, columns): (usize, usize) = $shape;
                vec![random.matrix(rows, columns)]
            };
            value |x| vec![number($function::value(&x[0])?)];
            pushforward |x, dx| vec![number($function::pushforward(&x[0], &dx[0])?)];
            pullback |x, y_bar| vec![$function::pullback(&x[0], &y_bar[0][(0, 0)])?];
        );
    };
}

one_number!(trace_of_a_matrix, "trace", |m, n| (m, m), trace);
one_number!(sum_of_entries, "sum", |m, n| (m, n), sum);
one_number!(mean_of_entries, "mean", |m, n| (m, n), mean);

// Entries half a unit apart, because differences need room on both sides of a tie.
rule!(largest_entry, "max", 10.0;
    inputs |random| {
        let (m, n) = (random.size(1, 4), random.size(1, 4));
        let top = random.size(0, m * n - 1);
        vec![Mat::from_fn(m, n, |i, j| random.number() + if i + j * m == top { 2.5 } else { 0.0 })]
    };
    value |x| vec![number(maximum::value(&x[0])?)];
    pushforward |x, dx| vec![number(maximum::pushforward(&x[0], &dx[0])?)];
    pullback |x, y_bar| vec![maximum::pullback(&x[0], &y_bar[0][(0, 0)])?];
);

rule!(smallest_entry, "min", 10.0;
    inputs |random| {
        let (m, n) = (random.size(1, 4), random.size(1, 4));
        let top = random.size(0, m * n - 1);
        vec![Mat::from_fn(m, n, |i, j| random.number() - if i + j * m == top { 2.5 } else { 0.0 })]
    };
    value |x| vec![number(minimum::value(&x[0])?)];
    pushforward |x, dx| vec![number(minimum::pushforward(&x[0], &dx[0])?)];
    pullback |x, y_bar| vec![minimum::pullback(&x[0], &y_bar[0][(0, 0)])?];
);

rule!(quotient, "divide", 20.0;
    inputs |random| {
        let (m, n) = (random.size(0, 4), random.size(0, 4));
        vec![random.matrix(m, n), random.positive(m, n)]
    };
    value |x| vec![divide::value(&x[0], &x[1])?];
    pushforward |x, dx| {
        let c = divide::value(&x[0], &x[1])?;
        vec![divide::pushforward(&x[1], &c, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let (a, b) = divide::pullback(&x[1], &divide::value(&x[0], &x[1])?, &y_bar[0])?;
        vec![a, b]
    };
);

rule!(power_of_entries, "elementwise_pow", 20.0;
    inputs |random| {
        let (m, n) = (random.size(0, 4), random.size(0, 4));
        vec![random.positive(m, n), random.matrix(m, n)]
    };
    value |x| vec![elementwise_pow::value(&x[0], &x[1])?];
    pushforward |x, dx| {
        let c = elementwise_pow::value(&x[0], &x[1])?;
        vec![elementwise_pow::pushforward(&x[0], &x[1], &c, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let c = elementwise_pow::value(&x[0], &x[1])?;
        let (a, b) = elementwise_pow::pullback(&x[0], &x[1], &c, &y_bar[0])?;
        vec![a, b]
    };
);

rule!(constant_power_of_entries, "elementwise_powf", 20.0;
    inputs |random| {
        let (m, n) = (random.size(0, 4), random.size(0, 4));
        vec![random.positive(m, n)]
    };
    value |x| vec![elementwise_powf::value(&x[0], -1.3)?];
    pushforward |x, dx| vec![elementwise_powf::pushforward(&x[0], -1.3, &dx[0])?];
    pullback |x, y_bar| vec![elementwise_powf::pullback(&x[0], -1.3, &y_bar[0])?];
);

// The gradient of the number is a sum of terms of either sign.
rule!(multiple, "scale", 1e3;
    inputs |random| {
        let (m, n) = (random.size(1, 4), random.size(1, 4));
        vec![random.scalar(), random.matrix(m, n)]
    };
    value |x| vec![scale::value(&x[0][(0, 0)], &x[1])?];
    pushforward |x, dx| {
        vec![scale::pushforward(&x[0][(0, 0)], &x[1], &dx[0][(0, 0)], &dx[1])?]
    };
    pullback |x, y_bar| {
        let (s, a) = scale::pullback(&x[0][(0, 0)], &x[1], &y_bar[0])?;
        vec![number(s), a]
    };
);

rule!(one_below_the_other, "concatenate_rows", 10.0;
    inputs |random| {
        let (k, l, m, n) = (random.size(0, 3), random.size(0, 3), random.size(0, 3), random.size(0, 3));
        vec![random.matrix(k, n), random.matrix(l, n), random.matrix(m, n)]
    };
    value |x| vec![concatenate_rows::value(&[&x[0], &x[1], &x[2]])?];
    pushforward |x, dx| {
        let (x, dx) = ([&x[0], &x[1], &x[2]], [&dx[0], &dx[1], &dx[2]]);
        vec![concatenate_rows::pushforward(&x, &dx)?]
    };
    pullback |x, y_bar| concatenate_rows::pullback(&[&x[0], &x[1], &x[2]], &y_bar[0])?;
);

rule!(side_by_side, "concatenate_columns", 10.0;
    inputs |random| {
        let (k, l, m, n) = (random.size(0, 3), random.size(0, 3), random.size(0, 3), random.size(0, 3));
        vec![random.matrix(n, k), random.matrix(n, l), random.matrix(n, m)]
    };
    value |x| vec![concatenate_columns::value(&[&x[0], &x[1], &x[2]])?];
    pushforward |x, dx| {
        let (x, dx) = ([&x[0], &x[1], &x[2]], [&dx[0], &dx[1], &dx[2]]);
        vec![concatenate_columns::pushforward(&x, &dx)?]
    };
    pullback |x, y_bar| concatenate_columns::pullback(&[&x[0], &x[1], &x[2]], &y_bar[0])?;
);

const INF: f64 = f64::INFINITY;

fn ones(rows: usize, columns: usize) -> Mat<f64> {
    Mat::from_fn(rows, columns, |_, _| 1.0)
}

#[test]
fn powers_at_zero() {
    // 0^2, 0^1, 0^(1/2), 0^0 and (-0)^3.
    let (a, b) = (mat![[0.0, 0.0, 0.0, 0.0, -0.0]], mat![[2.0, 1.0, 0.5, 0.0, 3.0]]);
    let c = elementwise_pow::value(&a, &b).unwrap();
    assert_eq!(c, mat![[0.0, 0.0, 0.0, 1.0, 0.0]]);
    let all = ones(1, 5);
    let (a_bar, b_bar) = elementwise_pow::pullback(&a, &b, &c, &all).unwrap();
    assert_eq!(a_bar, mat![[0.0, 1.0, INF, 0.0, 0.0]]);
    assert_eq!(b_bar, Mat::<f64>::zeros(1, 5));
    // What does not change passes an infinite slope without a trace.
    let none = Mat::zeros(1, 5);
    let (a_bar, b_bar) = elementwise_pow::pullback(&a, &b, &c, &none).unwrap();
    assert_eq!((a_bar, b_bar), (none.clone(), none.clone()));
    let tangent = elementwise_pow::pushforward(&a, &b, &c, &none, &all).unwrap();
    assert_eq!(tangent, none);

    for (p, slope) in [(2.0, 0.0), (1.0, 1.0), (0.5, INF), (0.0, 0.0)] {
        let zero = mat![[0.0]];
        assert_eq!(elementwise_powf::pullback(&zero, p, &mat![[1.0]]), Ok(mat![[slope]]), "{p}");
        assert_eq!(elementwise_powf::pullback(&zero, p, &zero), Ok(zero.clone()), "{p}");
    }
}

#[test]
fn powers_of_negative_numbers() {
    let (a, b) = (mat![[-2.0, 3.0]], mat![[3.0, 2.0]]);
    let c = elementwise_pow::value(&a, &b).unwrap();
    assert_eq!(c, mat![[-8.0, 9.0]]);
    // (-2)^b is defined for integers only, so b has no derivative there.
    let outside = |error: Error, x: f64| match error {
        Error::OutsideDomain { op: "elementwise_pow", argument: "a base", value, .. } => value == x,
        _ => false,
    };
    let all = ones(1, 2);
    assert!(outside(elementwise_pow::pullback(&a, &b, &c, &all).unwrap_err(), -2.0));
    assert!(outside(elementwise_pow::pushforward(&a, &b, &c, &all, &all).unwrap_err(), -2.0));
    let still = mat![[0.0, 1.0]];
    let tangent = elementwise_pow::pushforward(&a, &b, &c, &all, &still).unwrap();
    assert_eq!(tangent, mat![[12.0, 6.0 + 9.0 * 3.0_f64.ln()]]);
    let (a_bar, b_bar) = elementwise_pow::pullback(&a, &b, &c, &still).unwrap();
    assert_eq!((a_bar, b_bar), (mat![[0.0, 6.0]], mat![[0.0, 9.0 * 3.0_f64.ln()]]));
    // With a constant exponent there is one.
    assert_eq!(elementwise_powf::pullback(&mat![[-2.0]], 3.0, &mat![[1.0]]), Ok(mat![[12.0]]));

    assert!(outside(elementwise_pow::value(&mat![[-1.0]], &mat![[0.5]]).unwrap_err(), -1.0));
    assert!(outside(elementwise_pow::value(&mat![[0.0]], &mat![[-1.0]]).unwrap_err(), 0.0));
    assert!(elementwise_powf::value(&mat![[0.0]], -1.0).is_err());
    // An overflow and an infinite base are no such thing.
    assert_eq!(elementwise_pow::value(&mat![[1e300]], &mat![[2.0]]), Ok(mat![[INF]]));
    assert_eq!(elementwise_powf::value(&mat![[INF]], 0.5), Ok(mat![[INF]]));
    assert!(elementwise_powf::value(&mat![[f64::NAN]], 0.5).unwrap()[(0, 0)].is_nan());
}

#[test]
fn divisors_of_zero() {
    for zero in [0.0, -0.0] {
        for x in [0.0, 1.0, INF, f64::NAN] {
            let error = divide::value(&mat![[1.0, x]], &mat![[1.0, zero]]).unwrap_err();
            assert!(matches!(error, Error::OutsideDomain { op: "divide", value: 0.0, .. }));
        }
    }
    assert_eq!(divide::value(&mat![[INF, 1.0]], &mat![[2.0, INF]]), Ok(mat![[INF, 0.0]]));
    assert!(divide::value(&mat![[f64::NAN]], &mat![[2.0]]).unwrap()[(0, 0)].is_nan());
    assert_eq!(divide::value(&mat![[1e300]], &mat![[1e-300]]), Ok(mat![[INF]]));
}

#[test]
fn every_row_of_the_table_at_its_boundary_points() {
    for &row in Unary::ALL {
        for point in row.boundary().iter().filter(|point| point.x.is_finite()) {
            let a = mat![[point.x]];
            match map::value(&a, row) {
                Ok(c) => assert!(c[(0, 0)] == point.value, "{} at {}", row.name(), point.x),
                Err(Error::OutsideDomain { op, value, .. }) => {
                    assert!(op == row.name() && value == point.x && point.value.is_nan());
                    continue;
                }
                Err(error) => panic!("{error}"),
            }
            let slope = map::pullback(&a, row, &mat![[1.0]]).unwrap()[(0, 0)];
            let promised = point.derivative;
            let agree = slope == promised || slope.is_nan() && promised.is_nan();
            assert!(agree, "{} at {}: {slope}", row.name(), point.x);
            assert_eq!(map::pullback(&a, row, &mat![[0.0]]), Ok(mat![[0.0]]), "{}", row.name());
        }
    }
}

#[test]
fn entries_outside_the_domain_of_a_function() {
    let error = map::value(&mat![[1.0, -2.0]], Unary::Sqrt).unwrap_err();
    assert!(matches!(error, Error::OutsideDomain { op: "sqrt", value: -2.0, .. }));
    // Infinities and NaN are not finite entries: IEEE arithmetic has them.
    assert!(map::value(&mat![[f64::NAN, INF]], Unary::Sin).unwrap()[(0, 1)].is_nan());
    assert_eq!(map::value(&mat![[0.0]], Unary::Ln), Ok(mat![[-INF]]));
}

#[test]
fn ties_of_extreme_entries_are_averaged() {
    let a = mat![[2.0, -1.0], [2.0, 2.0]];
    let third = 1.0 / 3.0;
    assert_eq!(maximum::pullback(&a, &1.0), Ok(mat![[third, 0.0], [third, third]]));
    assert_eq!(minimum::pullback(&a, &2.0), Ok(mat![[0.0, 2.0], [0.0, 0.0]]));
    assert_eq!(maximum::value(&a), Ok(2.0));
    // 0 and -0 are equal.
    assert_eq!(minimum::pullback(&mat![[0.0, -0.0]], &1.0), Ok(mat![[0.5, 0.5]]));
    for bad in [f64::NAN, INF, -INF] {
        let error = maximum::value(&mat![[1.0, bad]]).unwrap_err();
        assert!(matches!(error, Error::NonFiniteEntry { op: "maximum", row: 0, column: 1, .. }));
        assert!(minimum::pullback(&mat![[1.0, bad]], &1.0).is_err());
    }
}

#[test]
fn sums_without_entries() {
    let none = Mat::<f64>::zeros(0, 3);
    assert_eq!(sum::value(&none), Ok(0.0));
    assert_eq!(trace::value(&Mat::<f64>::zeros(0, 0)), Ok(0.0));
    assert_eq!(row_sums::value(&none.transpose()), Ok(Mat::zeros(3, 1)));
    assert_eq!(column_sums::value(&none), Ok(Mat::zeros(1, 3)));
    let empty = |result: Result<f64, Error>| {
        matches!(result, Err(Error::OutsideDomain { argument: "the number of entries", .. }))
    };
    assert!(empty(mean::value(&none)) && empty(maximum::value(&none)));
    assert!(empty(minimum::value(&none)) && empty(mean::pushforward(&none, &none)));
}

#[test]
fn concatenation_of_nothing_and_of_signed_zeros() {
    assert_eq!(concatenate_rows::value::<Mat<f64>>(&[]), Ok(Mat::zeros(0, 0)));
    assert_eq!(concatenate_columns::pullback(&[], &Mat::<f64>::zeros(0, 0)), Ok(vec![]));
    let minus = mat![[-0.0_f64]];
    let both = concatenate_rows::value(&[&minus, &minus]).unwrap();
    assert!(both[(0, 0)].is_sign_negative() && both[(1, 0)].is_sign_negative());
}

#[test]
fn vectors_and_blocks_are_undone_by_their_inverses() {
    let a = Mat::from_fn(3, 4, |i, j| (i + 10 * j) as f64);
    let v = vectorise::value(&a).unwrap();
    assert_eq!(v[(4, 0)], 11.0);
    assert_eq!(reshape::value(&v, 3, 4), Ok(a.clone()));
    let (left, right) = (block::value(&a, 0..3, 0..1), block::value(&a, 0..3, 1..4));
    assert_eq!(concatenate_columns::value(&[&left.unwrap(), &right.unwrap()]), Ok(a.clone()));
    let order = [2, 0, 1];
    let permuted = permute_rows::value(&a, &order).unwrap();
    assert_eq!(permute_rows::pullback(&a, &order, &permuted), Ok(a));
}

/// The error of a call that has to fail because of a shape.
#[track_caller]
fn mismatch<T: core::fmt::Debug>(result: Result<T, Error>, op: &str) {
    match result {
        Err(Error::ShapeMismatch { op: found, .. } | Error::NotSquare { op: found, .. }) => {
            assert_eq!(found, op);
        }
        other => panic!("{op}: expected an error of shapes, got {other:?}"),
    }
}

#[test]
fn wrong_shapes_of_functions_of_two() {
    let (a, odd) = (ones(2, 3), ones(5, 6));
    macro_rules! two {
        ($($function:ident)*) => {$(
            let op = stringify!($function);
            mismatch($function::value(&a, &odd), op);
            mismatch($function::pushforward(&a, &odd, &a, &a), op);
            mismatch($function::pushforward(&a, &a, &odd, &a), op);
            mismatch($function::pushforward(&a, &a, &a, &odd), op);
            mismatch($function::pullback(&a, &odd, &a), op);
            mismatch($function::pullback(&a, &a, &odd), op);
        )*};
    }
    two!(add sub hadamard divide);
    let op = "elementwise_pow";
    mismatch(elementwise_pow::value(&a, &odd), op);
    for k in 0..5 {
        let mut all = [&a; 5];
        all[k] = &odd;
        let [x, y, c, dx, dy] = all;
        mismatch(elementwise_pow::pushforward(x, y, c, dx, dy), op);
        if k < 4 {
            mismatch(elementwise_pow::pullback(x, y, c, dx), op);
        }
    }
    mismatch(scale::pushforward(&1.0, &a, &1.0, &odd), "scale");
    mismatch(scale::pullback(&1.0, &a, &odd), "scale");
}

#[test]
fn wrong_shapes_of_functions_of_one() {
    let (a, odd, square) = (ones(2, 3), ones(5, 6), ones(3, 3));
    macro_rules! one {
        ($($function:ident($($constant:expr),*))*) => {$(
            let op = stringify!($function);
            mismatch($function::pushforward(&a $(, $constant)*, &odd), op);
            mismatch($function::pullback(&a $(, $constant)*, &odd), op);
        )*};
    }
    one!(transpose() diagonal() row_sums() column_sums() vectorise());
    one!(triangular_part(Part::Upper) cumulative_sum(Direction::Left) map(Unary::Exp));
    one!(elementwise_powf(2.0) broadcast(2, 3) reshape(3, 2) block(0..1, 0..1));
    one!(permute_rows(&[1, 0]) select_rows(&[1]));

    mismatch(trace::value(&a), "trace");
    mismatch(trace::pushforward(&square, &a), "trace");
    mismatch(trace::pullback(&a, &1.0), "trace");
    mismatch(sum::pushforward(&a, &odd), "sum");
    mismatch(mean::pushforward(&a, &odd), "mean");
    mismatch(maximum::pushforward(&a, &odd), "maximum");
    mismatch(minimum::pushforward(&a, &odd), "minimum");
    for part in [matrix::symmetrise::value, matrix::skew_symmetrise::value] {
        assert!(matches!(part(&a), Err(Error::NotSquare { rows: 2, columns: 3, .. })));
    }
    mismatch(symmetrise::pullback(&square, &a), "symmetrise");
    mismatch(skew_symmetrise::pullback(&square, &a), "skew_symmetrise");
    mismatch(diagonal_matrix::value(&a), "diagonal_matrix");
    mismatch(diagonal_matrix::pushforward(&ones(2, 1), &a), "diagonal_matrix");
    mismatch(diagonal_matrix::pullback(&ones(2, 1), &square), "diagonal_matrix");

    mismatch(broadcast::value(&a, 4, 3), "broadcast");
    mismatch(broadcast::pullback(&a, 2, 4, &ones(2, 4)), "broadcast");
    mismatch(reshape::value(&a, 4, 2), "reshape");
    mismatch(reshape::value(&a, usize::MAX, 2), "reshape");
    mismatch(block::value(&a, 0..3, 0..1), "block");
    mismatch(block::value(&a, 0..1, 2..4), "block");
    #[allow(clippy::reversed_empty_ranges)]
    let reversed = block::value(&a, 1..0, 0..1);
    mismatch(reversed, "block");
    mismatch(permute_rows::value(&a, &[0]), "permute_rows");
    let error = permute_rows::value(&a, &[0, 2]).unwrap_err();
    assert!(matches!(error, Error::OutsideDomain { op: "permute_rows", value: 2.0, .. }));
    assert!(select_rows::pullback(&a, &[2], &a).is_err());
}

#[test]
fn wrong_shapes_of_parts() {
    let (a, b, odd) = (ones(2, 3), ones(2, 3), ones(5, 6));
    mismatch(concatenate_rows::value(&[&a, &odd]), "concatenate_rows");
    mismatch(concatenate_rows::pushforward(&[&a, &b], &[&a]), "concatenate_rows");
    mismatch(concatenate_rows::pushforward(&[&a, &b], &[&a, &odd]), "concatenate_rows");
    mismatch(concatenate_rows::pullback(&[&a, &b], &ones(5, 3)), "concatenate_rows");
    mismatch(concatenate_columns::value(&[&a, &odd]), "concatenate_columns");
    mismatch(concatenate_columns::pushforward(&[&a, &b], &[&a]), "concatenate_columns");
    mismatch(concatenate_columns::pushforward(&[&a, &b], &[&a, &odd]), "concatenate_columns");
    mismatch(concatenate_columns::pullback(&[&a, &b], &ones(2, 7)), "concatenate_columns");
}
