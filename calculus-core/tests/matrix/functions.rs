//! Functions of matrices.

mod points;

use calculus_core::Error;
use calculus_core::elementary::Unary;
use calculus_core::matrix::spectral_function::{
    Analytic, Cos, Entropy, Exp, Inverse, InverseSqrt, Log, Power, Sin, SpectralFunction, Sqrt,
};
use calculus_core::matrix::{
    cosm, entropy, expm, logm, powm, sinm, spectral_function, sqrtm, symmetric_cos, symmetric_exp,
    symmetric_inverse, symmetric_inverse_sqrt, symmetric_log, symmetric_power, symmetric_sin,
    symmetric_sqrt, trace_function,
};
use calculus_core::testing::check_close;
use calculus_core::{Objective, Real};
use faer::{Mat, mat};

use crate::harness::{Random, number, symmetric};
use crate::rule;

rule!(symmetric_exp_grid, "symmetric_exp", 20.0;
    inputs |random| { let n = random.size(0, 5); vec![random.matrix(n, n)] };
    value |x| vec![symmetric_exp::value(&symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (_, spectrum) = symmetric_exp::value(&symmetric(x[0]))?;
        vec![symmetric_exp::pushforward(&spectrum, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = symmetric_exp::value(&symmetric(x[0]))?;
        vec![symmetric_exp::pullback(&spectrum, &y_bar[0])?]
    };
);

rule!(symmetric_log_grid, "symmetric_log", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![random.definite(n)] };
    value |x| vec![symmetric_log::value(&symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (_, spectrum) = symmetric_log::value(&symmetric(x[0]))?;
        vec![symmetric_log::pushforward(&spectrum, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = symmetric_log::value(&symmetric(x[0]))?;
        vec![symmetric_log::pullback(&spectrum, &y_bar[0])?]
    };
);

rule!(symmetric_sqrt_grid, "sqrtm_spd", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![random.definite(n)] };
    value |x| vec![symmetric_sqrt::value(&symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (_, spectrum) = symmetric_sqrt::value(&symmetric(x[0]))?;
        vec![symmetric_sqrt::pushforward(&spectrum, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = symmetric_sqrt::value(&symmetric(x[0]))?;
        vec![symmetric_sqrt::pullback(&spectrum, &y_bar[0])?]
    };
);

rule!(symmetric_inverse_sqrt_grid, "inv_sqrtm_spd", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![random.definite(n)] };
    value |x| vec![symmetric_inverse_sqrt::value(&symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (_, spectrum) = symmetric_inverse_sqrt::value(&symmetric(x[0]))?;
        vec![symmetric_inverse_sqrt::pushforward(&spectrum, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = symmetric_inverse_sqrt::value(&symmetric(x[0]))?;
        vec![symmetric_inverse_sqrt::pullback(&spectrum, &y_bar[0])?]
    };
);

rule!(symmetric_inverse_grid, "symmetric_inverse", 100.0;
    inputs |random| { let n = random.size(0, 5); vec![random.definite(n)] };
    value |x| vec![symmetric_inverse::value(&symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (_, spectrum) = symmetric_inverse::value(&symmetric(x[0]))?;
        vec![symmetric_inverse::pushforward(&spectrum, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = symmetric_inverse::value(&symmetric(x[0]))?;
        vec![symmetric_inverse::pullback(&spectrum, &y_bar[0])?]
    };
);

rule!(symmetric_power_grid, "powm_spd_0.3", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![random.definite(n)] };
    value |x| vec![symmetric_power::value(&symmetric(x[0]), 0.3)?.0];
    pushforward |x, dx| {
        let (_, spectrum) = symmetric_power::value(&symmetric(x[0]), 0.3)?;
        vec![symmetric_power::pushforward(&spectrum, 0.3, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = symmetric_power::value(&symmetric(x[0]), 0.3)?;
        vec![symmetric_power::pullback(&spectrum, 0.3, &y_bar[0])?]
    };
);

rule!(symmetric_sin_grid, "symmetric_sin", 20.0;
    inputs |random| { let n = random.size(0, 5); vec![random.matrix(n, n)] };
    value |x| vec![symmetric_sin::value(&symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (_, spectrum) = symmetric_sin::value(&symmetric(x[0]))?;
        vec![symmetric_sin::pushforward(&spectrum, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = symmetric_sin::value(&symmetric(x[0]))?;
        vec![symmetric_sin::pullback(&spectrum, &y_bar[0])?]
    };
);

rule!(symmetric_cos_grid, "symmetric_cos", 20.0;
    inputs |random| { let n = random.size(0, 5); vec![random.matrix(n, n)] };
    value |x| vec![symmetric_cos::value(&symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (_, spectrum) = symmetric_cos::value(&symmetric(x[0]))?;
        vec![symmetric_cos::pushforward(&spectrum, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = symmetric_cos::value(&symmetric(x[0]))?;
        vec![symmetric_cos::pullback(&spectrum, &y_bar[0])?]
    };
);

rule!(spectral_function_grid, "spectral_function", 20.0;
    inputs |random| { let n = random.size(0, 5); vec![random.matrix(n, n)] };
    value |x| vec![spectral_function::value(&Unary::Tanh, &symmetric(x[0]))?.0];
    pushforward |x, dx| {
        let (_, spectrum) = spectral_function::value(&Unary::Tanh, &symmetric(x[0]))?;
        vec![spectral_function::pushforward(&Unary::Tanh, &spectrum, &dx[0])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = spectral_function::value(&Unary::Tanh, &symmetric(x[0]))?;
        vec![spectral_function::pullback(&Unary::Tanh, &spectrum, &y_bar[0])?]
    };
);

// The first derivative as the value: its derivative is the second one, in the matrix and in the
// direction.
rule!(second_derivative_grid, "second_derivative", 50.0;
    inputs |random| {
        let n = random.size(0, 4);
        vec![random.definite(n), random.matrix(n, n)]
    };
    value |x| {
        let (_, spectrum) = spectral_function::value(&Log, &symmetric(x[0]))?;
        vec![spectral_function::pushforward(&Log, &spectrum, &x[1])?]
    };
    pushforward |x, dx| {
        let (_, spectrum) = spectral_function::value(&Log, &symmetric(x[0]))?;
        let moved = spectral_function::second_pushforward(&Log, &spectrum, &x[1], &dx[0])?;
        vec![moved + spectral_function::pushforward(&Log, &spectrum, &dx[1])?]
    };
    pullback |x, y_bar| {
        let (_, spectrum) = spectral_function::value(&Log, &symmetric(x[0]))?;
        vec![
            spectral_function::second_pushforward(&Log, &spectrum, &x[1], &y_bar[0])?,
            spectral_function::pullback(&Log, &spectrum, &y_bar[0])?,
        ]
    };
);

rule!(trace_function_grid, "tr_expm_sym", 20.0;
    inputs |random| { let n = random.size(0, 5); vec![random.matrix(n, n)] };
    value |x| vec![number(trace_function::value(&Exp, &symmetric(x[0]))?)];
    pushforward |x, dx| {
        let (_, gradient) = trace_function::value_and_gradient(&Exp, &symmetric(x[0]))?;
        vec![number(trace_function::pushforward(&gradient, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, gradient) = trace_function::value_and_gradient(&Exp, &symmetric(x[0]))?;
        vec![trace_function::pullback::<Mat<T>>(&gradient, &y_bar[0][(0, 0)])?]
    };
);

rule!(entropy_grid, "entropy", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![random.definite(n)] };
    value |x| vec![number(entropy::value(&symmetric(x[0]))?)];
    pushforward |x, dx| {
        let (_, gradient) = entropy::value_and_gradient(&symmetric(x[0]))?;
        vec![number(entropy::pushforward(&gradient, &dx[0])?)]
    };
    pullback |x, y_bar| {
        let (_, gradient) = entropy::value_and_gradient(&symmetric(x[0]))?;
        vec![entropy::pullback::<Mat<T>>(&gradient, &y_bar[0][(0, 0)])?]
    };
);

rule!(expm_grid, "expm", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![random.matrix(n, n)] };
    value |x| vec![expm::value(&x[0])?.value];
    pushforward |x, dx| vec![expm::pushforward(&expm::value(&x[0])?, &dx[0])?];
    pullback |x, y_bar| vec![expm::pullback(&expm::value(&x[0])?, &y_bar[0])?];
);

rule!(trace_of_expm_grid, "tr_expm", 50.0;
    inputs |random| { let n = random.size(0, 4); vec![random.matrix(n, n)] };
    value |x| {
        let c = expm::value(&x[0])?.value;
        vec![number((0..c.nrows()).map(|i| c[(i, i)]).sum())]
    };
    pushforward |x, dx| {
        let c = expm::pushforward(&expm::value(&x[0])?, &dx[0])?;
        vec![number((0..c.nrows()).map(|i| c[(i, i)]).sum())]
    };
    pullback |x, y_bar| {
        let n = x[0].nrows();
        let bar = Mat::from_fn(n, n, |i, j| if i == j { y_bar[0][(0, 0)] } else { T::ZERO });
        vec![expm::pullback(&expm::value(&x[0])?, &bar)?]
    };
);

/// Few square roots, so that the values have hardly more noise than rounding, which the differences
/// take for granted.
fn near_identity(random: &mut Random, n: usize) -> Mat<f64> {
    Mat::<f64>::identity(n, n) + random.matrix(n, n) * (0.5 / n.max(1) as f64)
}

rule!(logm_grid, "logm_general", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![near_identity(random, n)] };
    value |x| vec![logm::value(&x[0])?.value];
    pushforward |x, dx| vec![logm::pushforward(&logm::value(&x[0])?, &dx[0])?];
    pullback |x, y_bar| vec![logm::pullback(&logm::value(&x[0])?, &y_bar[0])?];
);

rule!(sqrtm_grid, "sqrtm_general", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![random.regular(n)] };
    value |x| vec![sqrtm::value(&x[0])?.value];
    pushforward |x, dx| vec![sqrtm::pushforward(&sqrtm::value(&x[0])?, &dx[0])?];
    pullback |x, y_bar| vec![sqrtm::pullback(&sqrtm::value(&x[0])?, &y_bar[0])?];
);

rule!(powm_grid, "powm", 50.0;
    inputs |random| { let n = random.size(0, 5); vec![near_identity(random, n)] };
    value |x| vec![powm::value(&x[0], -0.7)?.exponential.value];
    pushforward |x, dx| vec![powm::pushforward(&powm::value(&x[0], -0.7)?, &dx[0])?];
    pullback |x, y_bar| vec![powm::pullback(&powm::value(&x[0], -0.7)?, &y_bar[0])?];
);

rule!(sinm_grid, "sinm", 50.0;
    inputs |random| { let n = random.size(0, 4); vec![random.matrix(n, n)] };
    value |x| vec![sinm::value(&x[0])?.0];
    pushforward |x, dx| vec![sinm::pushforward(&sinm::value(&x[0])?.1, &dx[0])?];
    pullback |x, y_bar| vec![sinm::pullback(&sinm::value(&x[0])?.1, &y_bar[0])?];
);

rule!(cosm_grid, "cosm", 50.0;
    inputs |random| { let n = random.size(0, 4); vec![random.matrix(n, n)] };
    value |x| vec![cosm::value(&x[0])?.0];
    pushforward |x, dx| vec![cosm::pushforward(&cosm::value(&x[0])?.1, &dx[0])?];
    pullback |x, y_bar| vec![cosm::pullback(&cosm::value(&x[0])?.1, &y_bar[0])?];
);
