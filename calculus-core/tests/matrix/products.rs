//! Products.

use calculus_core::Error;
use calculus_core::matrix::{
    Transpose, bilinear_form, congruence, cross, dot, gram, kron, matmul, matvec, outer, power,
    quadratic_form, trace_chain, trace_product,
};
use faer::{Mat, mat};

use crate::harness::number;
use crate::rule;

/// A product with given transposes.
macro_rules! matmul_rule {
    ($test:ident, $ta:ident, $tb:ident, |$m:ident, $k:ident, $n:ident| $a:expr, $b:expr) => {
        rule!($test, "matmul", 1.0;
            inputs |random| {
                let ($m, $k, $n) = (random.size(0, 4), random.size(0, 4), random.size(1, 4));
                let (a, b): ((usize, usize), (usize, usize)) = ($a, $b);
                vec![random.matrix(a.0, a.1), random.matrix(b.0, b.1)]
            };
            value |x| vec![matmul::value(&x[0], Transpose::$ta, &x[1], Transpose::$tb)?];
            pushforward |x, dx| {
                let (ta, tb) = (Transpose::$ta, Transpose::$tb);
                vec![matmul::pushforward(&x[0], ta, &x[1], tb, &dx[0], &dx[1])?]
            };
            pullback |x, y_bar| {
                let (ta, tb) = (Transpose::$ta, Transpose::$tb);
                let (a, b) = matmul::pullback(&x[0], ta, &x[1], tb, &y_bar[0])?;
                vec![a, b]
            };
        );
    };
}

matmul_rule!(matmul_no_no, No, No, |m, k, n| (m, k), (k, n));
matmul_rule!(matmul_no_yes, No, Yes, |m, k, n| (m, k), (n, k));
matmul_rule!(matmul_yes_no, Yes, No, |m, k, n| (k, m), (k, n));
matmul_rule!(matmul_yes_yes, Yes, Yes, |m, k, n| (k, m), (n, k));

rule!(gram_of_columns, "gram", 2.0;
    inputs |random| {
        let (m, n) = (random.size(0, 6), random.size(0, 4));
        vec![random.matrix(m, n)]
    };
    value |x| vec![gram::value(&x[0], Transpose::No)?];
    pushforward |x, dx| vec![gram::pushforward(&x[0], Transpose::No, &dx[0])?];
    pullback |x, y_bar| vec![gram::pullback(&x[0], Transpose::No, &y_bar[0])?];
);

rule!(gram_of_rows, "gram_of_rows", 2.0;
    inputs |random| {
        let (m, n) = (random.size(0, 4), random.size(0, 6));
        vec![random.matrix(m, n)]
    };
    value |x| vec![gram::value(&x[0], Transpose::Yes)?];
    pushforward |x, dx| vec![gram::pushforward(&x[0], Transpose::Yes, &dx[0])?];
    pullback |x, y_bar| vec![gram::pullback(&x[0], Transpose::Yes, &y_bar[0])?];
);

rule!(congruence_of_a_matrix, "congruence", 4.0;
    inputs |random| {
        let (m, n) = (random.size(0, 4), random.size(0, 4));
        vec![random.matrix(m, n), random.matrix(n, n)]
    };
    value |x| vec![congruence::value(&x[0], &x[1])?];
    pushforward |x, dx| vec![congruence::pushforward(&x[0], &x[1], &dx[0], &dx[1])?];
    pullback |x, y_bar| {
        let (b, s) = congruence::pullback(&x[0], &x[1], &y_bar[0])?;
        vec![b, s]
    };
);

// The sum of a few products of either sign may be much smaller than its terms: for a form the
// condition is that of the sum.
rule!(quadratic, "quadratic_form", 1e3;
    inputs |random| {
        let n = random.size(1, 5);
        vec![random.vector(n), random.matrix(n, n)]
    };
    value |x| vec![number(quadratic_form::value(&x[0], &x[1])?)];
    pushforward |x, dx| {
        vec![number(quadratic_form::pushforward(&x[0], &x[1], &dx[0], &dx[1])?)]
    };
    pullback |x, y_bar| {
        let (x, a) = quadratic_form::pullback(&x[0], &x[1], &y_bar[0][(0, 0)])?;
        vec![x, a]
    };
);

rule!(bilinear, "bilinear_form", 1e3;
    inputs |random| {
        let (m, n) = (random.size(1, 5), random.size(1, 5));
        vec![random.vector(m), random.matrix(m, n), random.vector(n)]
    };
    value |x| vec![number(bilinear_form::value(&x[0], &x[1], &x[2])?)];
    pushforward |x, dx| {
        let dz = bilinear_form::pushforward(&x[0], &x[1], &x[2], &dx[0], &dx[1], &dx[2])?;
        vec![number(dz)]
    };
    pullback |x, y_bar| {
        let (x, a, y) = bilinear_form::pullback(&x[0], &x[1], &x[2], &y_bar[0][(0, 0)])?;
        vec![x, a, y]
    };
);

rule!(matrix_times_vector, "matvec", 1e2;
    inputs |random| {
        let (m, n) = (random.size(0, 5), random.size(0, 5));
        vec![random.matrix(m, n), random.vector(n)]
    };
    value |x| vec![matvec::value(&x[0], &x[1])?];
    pushforward |x, dx| vec![matvec::pushforward(&x[0], &x[1], &dx[0], &dx[1])?];
    pullback |x, y_bar| {
        let (a, x) = matvec::pullback(&x[0], &x[1], &y_bar[0])?;
        vec![a, x]
    };
);

rule!(inner_product, "dot", 1e3;
    inputs |random| {
        let (m, n) = (random.size(1, 5), random.size(1, 3));
        vec![random.matrix(m, n), random.matrix(m, n)]
    };
    value |x| vec![number(dot::value(&x[0], &x[1])?)];
    pushforward |x, dx| vec![number(dot::pushforward(&x[0], &x[1], &dx[0], &dx[1])?)];
    pullback |x, y_bar| {
        let (x, y) = dot::pullback(&x[0], &x[1], &y_bar[0][(0, 0)])?;
        vec![x, y]
    };
);

rule!(outer_product, "outer", 2.0;
    inputs |random| {
        let (m, n) = (random.size(0, 5), random.size(0, 5));
        vec![random.vector(m), random.vector(n)]
    };
    value |x| vec![outer::value(&x[0], &x[1])?];
    pushforward |x, dx| vec![outer::pushforward(&x[0], &x[1], &dx[0], &dx[1])?];
    pullback |x, y_bar| {
        let (x, y) = outer::pullback(&x[0], &x[1], &y_bar[0])?;
        vec![x, y]
    };
);

rule!(kronecker, "kron", 4.0;
    inputs |random| {
        let (m, n, p, q) = (random.size(0, 3), random.size(1, 3), random.size(1, 3), random.size(0, 3));
        vec![random.matrix(m, n), random.matrix(p, q)]
    };
    value |x| vec![kron::value(&x[0], &x[1])?];
    pushforward |x, dx| vec![kron::pushforward(&x[0], &x[1], &dx[0], &dx[1])?];
    pullback |x, y_bar| {
        let (a, b) = kron::pullback(&x[0], &x[1], &y_bar[0])?;
        vec![a, b]
    };
);

rule!(cross_product, "cross", 4.0;
    inputs |random| {
        let n = random.size(0, 3);
        vec![random.matrix(3, n), random.matrix(3, n)]
    };
    value |x| vec![cross::value(&x[0], &x[1])?];
    pushforward |x, dx| vec![cross::pushforward(&x[0], &x[1], &dx[0], &dx[1])?];
    pullback |x, y_bar| {
        let (a, b) = cross::pullback(&x[0], &x[1], &y_bar[0])?;
        vec![a, b]
    };
);

macro_rules! power_rule {
    ($test:ident, $name:literal, $k:literal) => {
        rule!($test, $name, 100.0;
            inputs |random| {
                let n = random.size(0, 4);
                vec![random.matrix(n, n)]
            };
            value |x| vec![power::value(&x[0], $k)?.value];
            pushforward |x, dx| vec![power::pushforward(&power::value(&x[0], $k)?, &dx[0])?];
            pullback |x, y_bar| vec![power::pullback(&power::value(&x[0], $k)?, &y_bar[0])?];
        );
    };
}

power_rule!(power_0, "power_0", 0);
power_rule!(power_1, "power_1", 1);
power_rule!(power_2, "power_2", 2);
power_rule!(power_3, "matpow_3", 3);
power_rule!(power_6, "power_6", 6);

rule!(trace_of_product, "trace_product", 1e3;
    inputs |random| {
        let (m, n) = (random.size(1, 4), random.size(1, 4));
        vec![random.matrix(m, n), random.matrix(n, m)]
    };
    value |x| vec![number(trace_product::value(&x[0], &x[1])?)];
    pushforward |x, dx| vec![number(trace_product::pushforward(&x[0], &x[1], &dx[0], &dx[1])?)];
    pullback |x, y_bar| {
        let (a, b) = trace_product::pullback(&x[0], &x[1], &y_bar[0][(0, 0)])?;
        vec![a, b]
    };
);

rule!(trace_of_chain, "trace_chain", 1e3;
    inputs |random| {
        let (p, m, n) = (random.size(1, 3), random.size(1, 4), random.size(1, 3));
        vec![random.matrix(p, n), random.matrix(m, n), random.matrix(m, m), random.matrix(n, p)]
    };
    value |x| vec![number(trace_chain::value(&x[0], &x[1], &x[2], &x[3])?)];
    pushforward |x, dx| {
        let tangents = [&dx[0], &dx[1], &dx[2], &dx[3]];
        vec![number(trace_chain::pushforward([&x[0], &x[1], &x[2], &x[3]], tangents)?)]
    };
    pullback |x, y_bar| {
        let y_bar = y_bar[0][(0, 0)];
        let (a, x, b, c) = trace_chain::pullback(&x[0], &x[1], &x[2], &x[3], &y_bar)?;
        vec![a, x, b, c]
    };
);

fn ones(rows: usize, columns: usize) -> Mat<f64> {
    Mat::from_fn(rows, columns, |_, _| 1.0)
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
fn wrong_shapes_of_matrix_products() {
    use Transpose::{No, Yes};
    let (a, b, odd) = (ones(2, 3), ones(3, 4), ones(5, 6));
    let error = matmul::value(&a, Yes, &b, No).unwrap_err();
    assert_eq!(error.to_string(), "matmul: the shapes (3, 2) and (3, 4) do not fit together");
    mismatch(matmul::pushforward(&a, No, &b, No, &odd, &b), "matmul");
    mismatch(matmul::pushforward(&a, No, &b, No, &a, &odd), "matmul");
    mismatch(matmul::pullback(&a, No, &b, No, &odd), "matmul");

    mismatch(gram::pushforward(&a, No, &odd), "gram");
    mismatch(gram::pullback(&a, No, &ones(2, 2)), "gram");
    mismatch(gram::pullback(&a, Yes, &ones(3, 3)), "gram");

    let s = ones(3, 3);
    mismatch(congruence::value(&a, &odd), "congruence");
    mismatch(congruence::pushforward(&a, &s, &odd, &s), "congruence");
    mismatch(congruence::pushforward(&a, &s, &a, &odd), "congruence");
    mismatch(congruence::pullback(&a, &s, &s), "congruence");

    mismatch(kron::pushforward(&a, &b, &odd, &b), "kron");
    mismatch(kron::pushforward(&a, &b, &a, &odd), "kron");
    mismatch(kron::pullback(&a, &b, &ones(12, 6)), "kron");

    mismatch(power::value(&a, 2), "power");
    let powers = power::value(&s, 2).unwrap();
    mismatch(power::pushforward(&powers, &a), "power");
    mismatch(power::pullback(&powers, &a), "power");

    mismatch(trace_product::value(&a, &a), "trace_product");
    let t = ones(3, 2);
    mismatch(trace_product::pushforward(&a, &t, &t, &t), "trace_product");
    mismatch(trace_product::pushforward(&a, &t, &a, &a), "trace_product");
    mismatch(trace_product::pullback(&a, &a, &1.0), "trace_product");

    let (p, x, q, r) = (ones(4, 3), ones(2, 3), ones(2, 2), ones(3, 4));
    let good = [&p, &x, &q, &r];
    for k in 0..4 {
        let mut wrong = good;
        wrong[k] = &odd;
        let [a, x, b, c] = wrong;
        mismatch(trace_chain::value(a, x, b, c), "trace_chain");
        mismatch(trace_chain::pushforward(wrong, good), "trace_chain");
        mismatch(trace_chain::pushforward(good, wrong), "trace_chain");
        mismatch(trace_chain::pullback(a, x, b, c, &1.0), "trace_chain");
    }
}

#[test]
fn wrong_shapes_of_products_of_vectors() {
    let (x, y, a, row) = (ones(2, 1), ones(3, 1), ones(2, 3), ones(1, 2));
    mismatch(quadratic_form::value(&x, &a), "quadratic_form");
    mismatch(quadratic_form::value(&row, &ones(1, 1)), "quadratic_form");
    let s = ones(2, 2);
    mismatch(quadratic_form::pushforward(&x, &s, &y, &s), "quadratic_form");
    mismatch(quadratic_form::pushforward(&x, &s, &x, &a), "quadratic_form");
    mismatch(quadratic_form::pullback(&y, &s, &1.0), "quadratic_form");

    mismatch(bilinear_form::value(&y, &a, &y), "bilinear_form");
    mismatch(bilinear_form::value(&x, &a, &x), "bilinear_form");
    mismatch(bilinear_form::pushforward(&x, &a, &y, &y, &a, &y), "bilinear_form");
    mismatch(bilinear_form::pushforward(&x, &a, &y, &x, &s, &y), "bilinear_form");
    mismatch(bilinear_form::pushforward(&x, &a, &y, &x, &a, &x), "bilinear_form");
    mismatch(bilinear_form::pullback(&x, &s, &y, &1.0), "bilinear_form");

    mismatch(matvec::value(&a, &x), "matvec");
    mismatch(matvec::value(&a, &ones(3, 2)), "matvec");
    mismatch(matvec::pushforward(&a, &y, &s, &y), "matvec");
    mismatch(matvec::pushforward(&a, &y, &a, &x), "matvec");
    mismatch(matvec::pullback(&a, &y, &y), "matvec");
    mismatch(matvec::pullback(&a, &x, &x), "matvec");

    mismatch(dot::value(&x, &y), "dot");
    mismatch(dot::pushforward(&x, &x, &y, &x), "dot");
    mismatch(dot::pushforward(&x, &x, &x, &y), "dot");
    mismatch(dot::pullback(&x, &y, &1.0), "dot");

    mismatch(outer::value(&row, &y), "outer");
    mismatch(outer::value(&x, &row), "outer");
    mismatch(outer::pushforward(&x, &y, &y, &y), "outer");
    mismatch(outer::pushforward(&x, &y, &x, &x), "outer");
    mismatch(outer::pullback(&x, &y, &a.transpose().to_owned()), "outer");

    mismatch(cross::value(&x, &x), "cross");
    mismatch(cross::value(&y, &x), "cross");
    mismatch(cross::pushforward(&y, &y, &x, &y), "cross");
    mismatch(cross::pushforward(&y, &y, &y, &x), "cross");
    mismatch(cross::pullback(&y, &y, &x), "cross");
    mismatch(cross::pullback(&y, &y, &ones(3, 2)), "cross");
}

#[test]
fn products_without_entries() {
    let (x, none) = (Mat::<f64>::zeros(0, 1), Mat::<f64>::zeros(0, 0));
    assert_eq!(quadratic_form::value(&x, &none), Ok(0.0));
    assert_eq!(bilinear_form::value(&x, &none, &x), Ok(0.0));
    assert_eq!(dot::value(&x, &x), Ok(0.0));
    assert_eq!(trace_product::value(&x, &x.transpose().to_owned()), Ok(0.0));
    assert_eq!(trace_chain::value(&none, &none, &none, &none), Ok(0.0));
    assert_eq!(power::value(&none, 5).unwrap().value, none);
    // No rows to sum over.
    assert_eq!(gram::value(&Mat::<f64>::zeros(0, 2), Transpose::No), Ok(Mat::zeros(2, 2)));
    assert_eq!(kron::value(&Mat::<f64>::zeros(0, 2), &ones(2, 3)), Ok(Mat::zeros(0, 6)));
}

#[test]
fn a_gram_matrix_is_symmetric_to_the_last_bit() {
    let a = Mat::from_fn(37, 29, |i, j| ((i * 31 + j * 17) as f64).sin());
    for transpose in [Transpose::No, Transpose::Yes] {
        let g = gram::value(&a, transpose).unwrap();
        assert_eq!(g, g.transpose().to_owned());
        let tangent = gram::pushforward(&a, transpose, &a).unwrap();
        assert_eq!(tangent, tangent.transpose().to_owned());
    }
}

#[test]
fn kronecker_products_of_known_blocks() {
    let a = mat![[1.0, 2.0], [3.0, 4.0]];
    let c = kron::value(&a, &mat![[0.0, 5.0], [6.0, 7.0]]).unwrap();
    let expected = mat![
        [0.0, 5.0, 0.0, 10.0],
        [6.0, 7.0, 12.0, 14.0],
        [0.0, 15.0, 0.0, 20.0],
        [18.0, 21.0, 24.0, 28.0]
    ];
    assert_eq!(c, expected);
}

#[test]
fn powers_of_a_nilpotent_and_of_a_large_exponent() {
    let shift = mat![[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]];
    assert_eq!(power::value(&shift, 3).unwrap().value, Mat::<f64>::zeros(3, 3));
    // d tr(N^3) = 3 tr(N^2 dN): the entry of N^2 transposed.
    let gradient = power::pullback(&power::value(&shift, 3).unwrap(), &Mat::identity(3, 3));
    assert_eq!(gradient.unwrap(), mat![[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [3.0, 0.0, 0.0]]);

    // Shears: [[1, x], [0, 1]]^k = [[1, kx], [0, 1]].
    let powers = power::value(&mat![[1.0, 2.0], [0.0, 1.0]], 1_000_003).unwrap();
    assert_eq!(powers.value, mat![[1.0, 2_000_006.0], [0.0, 1.0]]);
    let tangent = power::pushforward(&powers, &mat![[0.0, 1.0], [0.0, 0.0]]).unwrap();
    assert_eq!(tangent, mat![[0.0, 1_000_003.0], [0.0, 0.0]]);
    // A, a square for each binary digit after the first, a product for each that is 1.
    assert_eq!(powers.earlier.len(), 19 + (1_000_003_u32.count_ones() as usize - 1));
}

#[test]
fn infinities_and_nan_go_through() {
    let a = mat![[f64::INFINITY, 1.0]];
    assert_eq!(dot::value(&a, &mat![[1.0, 1.0]]), Ok(f64::INFINITY));
    assert!(dot::value(&a, &mat![[0.0, 1.0]]).unwrap().is_nan());
    assert!(gram::value(&mat![[f64::NAN]], Transpose::No).unwrap()[(0, 0)].is_nan());
}
