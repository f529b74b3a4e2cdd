//! Inverses, solutions of linear equations, and the LU factors they use.

mod points;

use calculus_core::Error;
use calculus_core::matrix::{
    Element, Transpose, Triangle, cayley, cholesky_solve, inverse, least_norm, least_squares, lu,
    lyapunov, pseudoinverse, schur_complement, solve, solve_definite, solve_right,
    solve_triangular, sylvester,
};
use faer::{Mat, MatRef, mat};

use crate::harness::{Random, symmetric};
use crate::rule;

rule!(lu_factors, "lu", 50.0;
    inputs |random| {
        let n = random.size(0, 5);
        vec![random.regular(n)]
    };
    value |x| {
        let lu = lu::value(&x[0])?;
        vec![lu.lower(), lu.upper()]
    };
    pushforward |x, dx| {
        let (l, u) = lu::pushforward(&lu::value(&x[0])?, &dx[0])?;
        vec![l, u]
    };
    pullback |x, y_bar| vec![lu::pullback(&lu::value(&x[0])?, &y_bar[0], &y_bar[1])?];
);

rule!(inverse_of_matrix, "inverse", 50.0;
    inputs |random| {
        let n = random.size(0, 5);
        vec![random.regular(n)]
    };
    value |x| vec![inverse::value(&x[0])?];
    pushforward |x, dx| vec![inverse::pushforward(&inverse::value(&x[0])?, &dx[0])?];
    pullback |x, y_bar| vec![inverse::pullback(&inverse::value(&x[0])?, &y_bar[0])?];
);

/// A regular matrix and right-hand sides.
fn system(random: &mut Random, columns: usize) -> Vec<Mat<f64>> {
    let n = random.size(0, 5);
    vec![random.regular(n), random.matrix(n, columns)]
}

macro_rules! solve_rule {
    ($test:ident, $name:literal, $transpose:expr, |$random:ident| $inputs:expr) => {
        rule!($test, $name, 50.0;
            inputs |$random| $inputs;
            value |x| vec![solve::value(&x[0], $transpose, &x[1])?.0];
            pushforward |x, dx| {
                let (y, lu) = solve::value(&x[0], $transpose, &x[1])?;
                vec![solve::pushforward(&lu, $transpose, &y, &dx[0], &dx[1])?]
            };
            pullback |x, y_bar| {
                let (y, lu) = solve::value(&x[0], $transpose, &x[1])?;
                let (a, b) = solve::pullback(&lu, $transpose, &y, &y_bar[0])?;
                vec![a, b]
            };
        );
    };
}
solve_rule!(one_side, "solve_vec", Transpose::No, |random| system(random, 1));
solve_rule!(sides, "solve_mat", Transpose::No, |random| {
    let columns = random.size(0, 4);
    system(random, columns)
});
solve_rule!(transposed, "solve_transposed", Transpose::Yes, |random| {
    let columns = random.size(0, 4);
    system(random, columns)
});

rule!(from_the_right, "solve_right", 50.0;
    inputs |random| {
        let (k, n) = (random.size(0, 3), random.size(0, 5));
        vec![random.matrix(k, n), random.regular(n)]
    };
    value |x| vec![solve_right::value(&x[0], &x[1])?.0];
    pushforward |x, dx| {
        let (y, lu) = solve_right::value(&x[0], &x[1])?;
        vec![solve_right::pushforward(&lu, &y, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let (y, lu) = solve_right::value(&x[0], &x[1])?;
        let (b, a) = solve_right::pullback(&lu, &y, &y_bar[0])?;
        vec![b, a]
    };
);

macro_rules! triangular_rule {
    ($test:ident, $name:literal, $triangle:expr, $transpose:expr) => {
        rule!($test, $name, 50.0;
            inputs |random| {
                let columns = random.size(0, 3);
                system(random, columns)
            };
            value |x| vec![solve_triangular::value(&x[0], $triangle, $transpose, &x[1])?];
            pushforward |x, dx| {
                let y = solve_triangular::value(&x[0], $triangle, $transpose, &x[1])?;
                let (t, b) = (&dx[0], &dx[1]);
                vec![solve_triangular::pushforward(&x[0], $triangle, $transpose, &y, t, b)?]
            };
            pullback |x, y_bar| {
                let y = solve_triangular::value(&x[0], $triangle, $transpose, &x[1])?;
                let y_bar = &y_bar[0];
                let (t, b) =
                    solve_triangular::pullback(&x[0], $triangle, $transpose, &y, y_bar)?;
                vec![t, b]
            };
        );
    };
}
triangular_rule!(lower, "solve_lower", Triangle::Lower, Transpose::No);
triangular_rule!(lower_transposed, "solve_lower_trans", Triangle::Lower, Transpose::Yes);
triangular_rule!(upper, "solve_upper", Triangle::Upper, Transpose::No);
triangular_rule!(upper_transposed, "solve_upper_trans", Triangle::Upper, Transpose::Yes);
triangular_rule!(unit_lower, "solve_unit_lower", Triangle::UnitLower, Transpose::No);
triangular_rule!(unit_upper, "solve_unit_upper", Triangle::UnitUpper, Transpose::Yes);

rule!(definite, "solve_spd", 500.0;
    inputs |random| {
        let (n, columns) = (random.size(0, 5), random.size(0, 3));
        vec![random.definite(n), random.matrix(n, columns)]
    };
    value |x| vec![solve_definite::value(&symmetric(x[0]), &x[1].to_owned())?.0];
    pushforward |x, dx| {
        let (y, l) = solve_definite::value(&symmetric(x[0]), &x[1].to_owned())?;
        vec![solve_definite::pushforward(&l, &y, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let (y, l) = solve_definite::value(&symmetric(x[0]), &x[1].to_owned())?;
        let (a, b) = solve_definite::pullback(&l, &y, &y_bar[0])?;
        vec![a, b]
    };
);

rule!(by_cholesky_factor, "cholesky_solve", 50.0;
    inputs |random| {
        let columns = random.size(0, 3);
        system(random, columns)
    };
    value |x| vec![cholesky_solve::value(&x[0], &x[1])?];
    pushforward |x, dx| {
        let y = cholesky_solve::value(&x[0], &x[1])?;
        vec![cholesky_solve::pushforward(&x[0], &y, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let y = cholesky_solve::value(&x[0], &x[1])?;
        let (l, b) = cholesky_solve::pullback(&x[0], &y, &y_bar[0])?;
        vec![l, b]
    };
);

rule!(sylvester_equation, "sylvester", 50.0;
    inputs |random| {
        let (m, n) = (random.size(0, 5), random.size(0, 5));
        vec![random.regular(m), random.regular(n), random.matrix(m, n)]
    };
    value |x| vec![sylvester::value(&x[0], &x[1], &x[2])?.0];
    pushforward |x, dx| {
        let (y, forms) = sylvester::value(&x[0], &x[1], &x[2])?;
        vec![sylvester::pushforward(&forms, &y, &dx[0], &dx[1], &dx[2])?]
    };
    pullback |x, y_bar| {
        let (y, forms) = sylvester::value(&x[0], &x[1], &x[2])?;
        let (a, b, c) = sylvester::pullback(&forms, &y, &y_bar[0])?;
        vec![a, b, c]
    };
);

rule!(lyapunov_equation, "lyapunov", 50.0;
    inputs |random| {
        let n = random.size(0, 5);
        vec![random.regular(n), random.matrix(n, n)]
    };
    value |x| vec![lyapunov::value(&x[0], &x[1])?.0];
    pushforward |x, dx| {
        let (y, form) = lyapunov::value(&x[0], &x[1])?;
        vec![lyapunov::pushforward(&form, &y, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let (y, form) = lyapunov::value(&x[0], &x[1])?;
        let (a, q) = lyapunov::pullback(&form, &y, &y_bar[0])?;
        vec![a, q]
    };
);

/// A matrix whose singular values are near 3.
fn of_full_rank(random: &mut Random, m: usize, n: usize) -> Mat<f64> {
    let noise = random.matrix(m, n);
    Mat::from_fn(m, n, |i, j| 0.5 * noise[(i, j)] + if i == j { 3.0 } else { 0.0 })
}

macro_rules! pseudoinverse_rule {
    ($test:ident, $name:literal, |$random:ident| $inputs:expr) => {
        rule!($test, $name, 200.0;
            inputs |$random| $inputs;
            value |x| vec![pseudoinverse::value(&x[0], None)?.0];
            pushforward |x, dx| {
                let (p, _) = pseudoinverse::value(&x[0], None)?;
                vec![pseudoinverse::pushforward(&x[0], &p, &dx[0])?]
            };
            pullback |x, y_bar| {
                let (p, _) = pseudoinverse::value(&x[0], None)?;
                vec![pseudoinverse::pullback(&x[0], &p, &y_bar[0])?]
            };
        );
    };
}
pseudoinverse_rule!(pseudoinverse_tall, "pinv_tall", |random| {
    let n = random.size(0, 3);
    let m = n + random.size(0, 3);
    vec![of_full_rank(random, m, n)]
});
pseudoinverse_rule!(pseudoinverse_wide, "pinv_wide", |random| {
    let m = random.size(0, 3);
    let n = m + random.size(0, 3);
    vec![of_full_rank(random, m, n)]
});

// Rank 2, in coordinates that keep it.
rule!(pseudoinverse_of_rank_two, "pinv_of_product", 500.0;
    inputs |random| {
        let (m, n) = (random.size(2, 5), random.size(2, 5));
        vec![of_full_rank(random, m, 2), of_full_rank(random, 2, n)]
    };
    value |x| vec![pseudoinverse::value(&(x[0] * x[1]), None)?.0];
    pushforward |x, dx| {
        let a = x[0] * x[1];
        let (p, rank) = pseudoinverse::value(&a, None)?;
        assert_eq!(rank, 2);
        vec![pseudoinverse::pushforward(&a, &p, &(dx[0] * x[1] + x[0] * dx[1]))?]
    };
    pullback |x, y_bar| {
        let a = x[0] * x[1];
        let (p, _) = pseudoinverse::value(&a, None)?;
        let a_bar = pseudoinverse::pullback(&a, &p, &y_bar[0].to_owned())?;
        vec![&a_bar * x[1].transpose(), x[0].transpose() * &a_bar]
    };
);

rule!(least_squares_solution, "lstsq_tall", 200.0;
    inputs |random| {
        let (n, columns) = (random.size(0, 4), random.size(0, 3));
        let m = n + random.size(0, 3);
        vec![of_full_rank(random, m, n), random.matrix(m, columns)]
    };
    value |x| vec![least_squares::value(&x[0], &x[1])?.x];
    pushforward |x, dx| {
        vec![least_squares::pushforward(&least_squares::value(&x[0], &x[1])?, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let (a, b) = least_squares::pullback(&least_squares::value(&x[0], &x[1])?, &y_bar[0])?;
        vec![a, b]
    };
);

rule!(least_norm_solution, "lstsq_min_norm", 200.0;
    inputs |random| {
        let (m, columns) = (random.size(0, 4), random.size(0, 3));
        let n = m + random.size(0, 3);
        vec![of_full_rank(random, m, n), random.matrix(m, columns)]
    };
    value |x| vec![least_norm::value(&x[0], &x[1])?.x];
    pushforward |x, dx| {
        vec![least_norm::pushforward(&least_norm::value(&x[0], &x[1])?, &dx[0], &dx[1])?]
    };
    pullback |x, y_bar| {
        let (a, b) = least_norm::pullback(&least_norm::value(&x[0], &x[1])?, &y_bar[0])?;
        vec![a, b]
    };
);

rule!(complement, "schur_complement", 50.0;
    inputs |random| {
        let (n, k, l) = (random.size(0, 4), random.size(0, 3), random.size(0, 3));
        let (a, b) = (random.regular(n), random.matrix(n, k));
        vec![a, b, random.matrix(l, n), random.matrix(l, k)]
    };
    value |x| vec![schur_complement::value(&x[0], &x[1], &x[2], &x[3])?.s];
    pushforward |x, dx| {
        let y = schur_complement::value(&x[0], &x[1], &x[2], &x[3])?;
        vec![schur_complement::pushforward(&x[2], &y, &dx[0], &dx[1], &dx[2], &dx[3])?]
    };
    pullback |x, y_bar| {
        let y = schur_complement::value(&x[0], &x[1], &x[2], &x[3])?;
        let (a, b, c, d) = schur_complement::pullback(&x[2], &y, &y_bar[0])?;
        vec![a, b, c, d]
    };
);

rule!(cayley_transform, "cayley", 50.0;
    inputs |random| {
        let n = random.size(0, 5);
        vec![random.matrix(n, n)]
    };
    value |x| vec![cayley::value(&x[0])?.0];
    pushforward |x, dx| {
        let (q, lu) = cayley::value(&x[0])?;
        vec![cayley::pushforward(&lu, &q, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (q, lu) = cayley::value(&x[0])?;
        vec![cayley::pullback(&lu, &q, &y_bar[0])?]
    };
);
