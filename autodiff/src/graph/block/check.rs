//! Whether the derivatives of a user's operation are right.

use calculus_core::testing::{Failure, check_adjoint, check_pullback, check_pushforward};

use super::primitive::Primitive;

/// Checks the derivatives of a [`Primitive`] at `x`: the pushforward and the pullback against
/// differences of the value and against each other, and, if `second` is set, the tangent of the
/// pullback against differences of the pullback.
///
/// Cost: some hundred calls for each input.
///
/// # Errors
/// [`Failure::Mismatch`] with the worst entry, and [`Failure::Inconclusive`] where the values have no
/// consistent differences, as at a kink.
///
/// # Examples
/// ```
/// use autodiff::{Primitive, check_primitive};
///
/// struct Square;
/// impl Primitive for Square {
///     fn name(&self) -> &str { "square" }
///     fn outputs(&self, inputs: usize) -> usize { inputs }
///     fn value(&self, x: &[f64], y: &mut [f64]) { y[0] = x[0] * x[0]; }
///     fn pushforward(&self, x: &[f64], dx: &[f64], _: &[f64], dy: &mut [f64]) {
///         dy[0] = 2.0 * x[0] * dx[0];
///     }
///     fn pullback(&self, x: &[f64], _: &[f64], g: &[f64], gx: &mut [f64]) { gx[0] = g[0] * x[0]; }
/// }
/// let failure = check_primitive(&Square, &[1.5], false).unwrap_err();
/// assert!(failure.to_string().starts_with("pullback: entry 0 is"));
/// ```
pub fn check_primitive(primitive: &dyn Primitive, x: &[f64], second: bool) -> Result<(), Failure> {
    let (inputs, outputs) = (x.len(), primitive.outputs(x.len()));
    let filled = |n, fill: &dyn Fn(&mut [f64])| {
        let mut out = vec![f64::NAN; n];
        fill(&mut out);
        out
    };
    let value = |x: &[f64]| filled(outputs, &|y| primitive.value(x, y));
    let pushforward =
        |x: &[f64], dx: &[f64]| filled(outputs, &|dy| primitive.pushforward(x, dx, &value(x), dy));
    let pullback =
        |x: &[f64], g: &[f64]| filled(inputs, &|gx| primitive.pullback(x, &value(x), g, gx));
    check_pushforward(value, pushforward, x)?;
    check_pullback(value, pullback, x)?;
    check_adjoint(pushforward, pullback, x, outputs)?;
    if !second {
        return Ok(());
    }
    // The pullback as a function of x and g together.
    let at: Vec<f64> = x.iter().copied().chain((0..outputs).map(|k| 1.0 + k as f64)).collect();
    let adjoints = |v: &[f64]| pullback(&v[..inputs], &v[inputs..]);
    let tangents = |v: &[f64], dv: &[f64]| {
        let ((x, g), (dx, dg)) = (v.split_at(inputs), dv.split_at(inputs));
        let y = value(x);
        filled(inputs, &|dgx| primitive.pullback_pushforward(x, dx, &y, g, dg, dgx))
    };
    check_pushforward(adjoints, tangents, &at)
}
