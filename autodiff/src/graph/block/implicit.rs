//! Roots and minimisers as functions of parameters, differentiated by the implicit-function theorem.

use core::fmt;
use std::sync::Arc;

use calculus_core::matrix::{Lu, Matrix, Operations, Transpose, solve};
use faer::Mat;

use super::matrix::{VarMatrix, solve as record_solve};
use super::{At, CHUNK, Evaluate, Memory, Replay, call};
use crate::graph::nested::{nested_gradient, nested_pullback};
use crate::graph::program::{Program, Workspace};
use crate::{Dual, Graph, Var};

/// The most that a Newton step may still change the root that a solver returned, relative to its
/// largest entry or 1, whichever is larger.
const TOLERANCE: f64 = 1e-6;

/// What finds the root or minimiser for given parameters.
type Solver = Box<dyn Fn(&[f64]) -> Vec<f64> + Send + Sync>;

/// The root $z(\theta)$ of $F(z, \theta) = 0$ as one node, differentiated by the implicit-function
/// theorem and not through the iterations that find it.
///
/// $$\dot z = -F_z^{-1} F_\theta\,\dot\theta, \qquad
/// \bar\theta = -F_\theta^\top F_z^{-\top} \bar z$$
///
/// - `solver` returns the $n$ entries of $z$ for given parameters, by whatever method. It is called
///   for every evaluation, also in replays, possibly by several threads.
/// - `residual` is $F(z, \theta)$, $n$ entries, recorded here once. Where its decisions come out
///   otherwise, a [`Function`](crate::Function) records again. It reads nothing but its arguments.
/// - `theta` are the parameters, of any number. Constants that both need are parameters or captured as
///   numbers.
///
/// Derivatives of every order exist: the pullback is recorded in the residual's own operations and a
/// solution of linear equations. Where $F_z$ is singular, derivatives are NaN; where a parameter is
/// not finite, so is the root.
///
/// Cost: the solver, $n/8$ sweeps over the residual and a factorisation; $n + 1$ sweeps to record a
/// pullback.
///
/// Source: Krantz and Parks (2002), theorem 3.3.1; Blondel and others (2022), NeurIPS 35, section 2.
///
/// # Panics
/// If the solver returns NaN, another number of entries than the residual has, or no root: a Newton
/// step from $z$ would change it by more than $10^{-6}$ of its largest entry (or of 1, if that is
/// larger), so that the derivative would not be the one of the root. If the residual uses a variable
/// of another recording; see [`Var`].
///
/// # Examples
/// The cube root by Newton's method, whose derivative is $1/(3z^2)$:
/// ```
/// use autodiff::{Var, gradient, implicit_root};
/// use calculus_core::Real;
/// let solver = |a: &[f64]| {
///     let newton = |z: f64| z - (z * z * z - a[0]) / (3.0 * z * z);
///     vec![(0..60).fold(1.0, |z, _| newton(z))]
/// };
/// let root = |a: &[Var]| implicit_root(solver, |z, a| vec![z[0].powi(3) - a[0]], a)[0];
/// assert!((gradient(root, &[8.0])[0] - 1.0 / 12.0).abs() < 1e-15);
/// ```
#[track_caller]
pub fn implicit_root(
    solver: impl Fn(&[f64]) -> Vec<f64> + Send + Sync + 'static,
    residual: impl FnOnce(&[Var], &[Var]) -> Vec<Var>,
    theta: &[Var],
) -> Vec<Var> {
    let parameters: Vec<f64> = theta.iter().map(|theta| theta.primal()).collect();
    let root = solver(&parameters);
    assert!(
        root.iter().all(|z| z.is_finite()) || parameters.iter().any(|theta| !theta.is_finite()),
        "the solver of an implicit root returned {root:?}: where there is no root, restrict the \
         parameters to where there is one"
    );
    let n = root.len();
    let point = [&root[..], &parameters].concat();
    let residual = Graph::record(|v| residual(&v[..n], &v[n..]), &point);
    let entries = residual.outputs().len();
    assert_eq!(
        entries, n,
        "the solver returned {n} entries for a residual of {entries}: both have one for each unknown"
    );
    let first = (parameters, root);
    let residual = residual.simplified();
    call(Arc::new(ImplicitRoot { solver: Box::new(solver), residual, first }), theta)
}

/// The minimiser $z(\theta)$ of $f(z, \theta)$ over $z$ as one node: the root of the gradient
/// $\nabla_z f$, see [`implicit_root`].
///
/// The Hessian $\nabla_z^2 f$ takes the place of $F_z$. Any critical point will do: whether it is a
/// minimum is the solver's business. A solver that compares values finds a minimiser to $10^{-8}$ at
/// best, and the derivative is as far off.
///
/// # Panics
/// As [`implicit_root`].
///
/// # Examples
/// The minimiser of $(z - \theta_0)^2 + \theta_1 z^2$ is $\theta_0/(1 + \theta_1)$:
/// ```
/// use autodiff::{Var, gradient, implicit_minimum};
/// use calculus_core::Real;
/// let solver = |t: &[f64]| vec![t[0] / (1.0 + t[1])];
/// let objective =
///     |z: &[Var], t: &[Var]| (z[0] - t[0]).powi(2) + t[1] * z[0].powi(2);
/// let g = gradient(|t| implicit_minimum(solver, objective, t)[0], &[3.0, 1.0]);
/// assert_eq!(g, [0.5, -0.75]);
/// ```
#[track_caller]
pub fn implicit_minimum(
    solver: impl Fn(&[f64]) -> Vec<f64> + Send + Sync + 'static,
    objective: impl FnOnce(&[Var], &[Var]) -> Var,
    theta: &[Var],
) -> Vec<Var> {
    let slope = |z: &[Var], theta: &[Var]| nested_gradient(|z| objective(z, theta), z).1;
    implicit_root(solver, slope, theta)
}

struct ImplicitRoot {
    solver: Solver,
    /// $F$ of the entries of $z$, then those of $\theta$.
    residual: Graph,
    /// The parameters that the residual was recorded at, and their root.
    first: (Vec<f64>, Vec<f64>),
}

impl fmt::Debug for ImplicitRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImplicitRoot({} -> {})", self.first.0.len(), self.first.1.len())
    }
}

/// The residual, prepared for evaluation.
struct Prepared {
    program: Program,
    plain: Workspace<f64>,
    dual: Workspace<Dual<f64>>,
    chunk: Workspace<Dual<f64, CHUNK>>,
}

impl Prepared {
    fn new(residual: &Graph) -> Self {
        let program = Program::new(residual.clone());
        let (plain, dual, chunk) = (program.workspace(), program.workspace(), program.workspace());
        Self { program, plain, dual, chunk }
    }

    /// $F(z, \theta)$, and whether its decisions are those recorded.
    fn residual(&mut self, z: &[f64], theta: &[f64]) -> (Mat<f64>, bool) {
        self.program.forward(z.iter().chain(theta).copied(), &mut self.plain);
        let decided = self.program.guards_hold(&self.plain);
        (Mat::from_fn(z.len(), 1, |i, _| self.program.output(&self.plain, i)), decided)
    }

    /// $F_z$, eight columns a sweep.
    fn jacobian(&mut self, z: &[f64], theta: &[f64]) -> Mat<f64> {
        let n = z.len();
        let mut jacobian = Mat::zeros(n, n);
        for first in (0..n).step_by(CHUNK) {
            let seeded = z
                .iter()
                .enumerate()
                .map(|(i, &z)| Dual::new(z, core::array::from_fn(|k| f64::from(first + k == i))));
            let point = seeded.chain(theta.iter().map(|&theta| Dual::constant(theta)));
            self.program.forward(point, &mut self.chunk);
            for i in 0..n {
                let tangent = self.program.output(&self.chunk, i).tangent();
                for (k, &slope) in tangent[..CHUNK.min(n - first)].iter().enumerate() {
                    jacobian[(i, first + k)] = slope;
                }
            }
        }
        jacobian
    }

    /// $F_\theta\,\dot\theta$.
    fn moved(&mut self, z: &[f64], theta: &[f64], tangent: impl Fn(usize) -> f64) -> Mat<f64> {
        let parameters = theta.iter().enumerate().map(|(j, &theta)| Dual::new(theta, [tangent(j)]));
        let point = z.iter().map(|&z| Dual::constant(z)).chain(parameters);
        self.program.forward(point, &mut self.dual);
        Mat::from_fn(z.len(), 1, |i, _| self.program.output(&self.dual, i).tangent()[0])
    }
}

/// $A^{-1} b$, or NaN where there is none.
fn solution(lu: &Lu<Mat<f64>>, b: &Mat<f64>) -> Mat<f64> {
    solve::from_factors(lu, Transpose::No, b)
        .unwrap_or_else(|_| Mat::from_fn(b.nrows(), 1, |_, _| f64::NAN))
}

/// The largest modulus; NaN if there is one.
fn size(entries: impl IntoIterator<Item = f64>) -> f64 {
    let larger = |m: f64, x: f64| if x.abs() > m || x.is_nan() { x.abs() } else { m };
    entries.into_iter().fold(0.0, larger)
}

impl ImplicitRoot {
    /// The root as the solver finds it.
    fn root(&self, theta: &[f64]) -> Vec<f64> {
        let (known, root) = &self.first;
        let same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
        if known.iter().zip(theta).all(same) {
            return root.clone();
        }
        let z = (self.solver)(theta);
        let (found, n) = (z.len(), root.len());
        assert_eq!(
            found, n,
            "the solver of an implicit root returned {found} entries, and {n} before: the number of \
             unknowns must not depend on the parameters"
        );
        z
    }

    /// Refuses what is not a root; `off` is the size of a Newton step from it, or of the residual where
    /// there is no such step.
    fn assert_root(z: &[f64], off: f64) {
        let scale = size(z.iter().copied()).max(1.0);
        assert!(
            off <= TOLERANCE * scale,
            "the solver of an implicit root stopped too early: a Newton step would change the entries \
             that it returned by {off:.1e}, where {TOLERANCE:.0e} of {scale:.1e} is allowed; solve to a \
             smaller tolerance, since the derivative is right at the root alone"
        );
    }
}

impl Evaluate for ImplicitRoot {
    fn name(&self) -> &str {
        "implicit_root"
    }

    fn results(&self, _: usize) -> usize {
        self.first.1.len()
    }

    fn decides(&self) -> bool {
        self.residual.decides()
    }

    fn evaluate<T: Replay>(&self, x: &[T], y: &mut [T], memory: &mut Memory) {
        let theta: Vec<f64> = x.iter().map(|x| x.primal()).collect();
        if theta.iter().any(|theta| !theta.is_finite()) {
            memory.decided(true);
            return y.fill(T::with_directions(f64::NAN, |_| f64::NAN));
        }
        let z = self.root(&theta);
        // A replay may be of a branch that is not taken here.
        if z.iter().any(|z| !z.is_finite()) {
            memory.decided(true);
            return y.fill(T::with_directions(f64::NAN, |_| f64::NAN));
        }
        let prepared = memory.get_or_insert_with(|| Prepared::new(&self.residual));
        let (residual, decided) = prepared.residual(&z, &theta);
        let lu = <Mat<f64> as Operations>::lu(prepared.jacobian(&z, &theta).view());
        let step = solve::from_factors(&lu, Transpose::No, &residual).unwrap_or(residual);
        // Another branch of the residual has another root: it is recorded again first.
        if decided {
            Self::assert_root(&z, size((0..z.len()).map(|i| step[(i, 0)])));
        }
        let tangents: Vec<Mat<f64>> = (0..T::TANGENTS)
            .map(|k| solution(&lu, &prepared.moved(&z, &theta, |j| x[j].direction(k))))
            .collect();
        for (i, y) in y.iter_mut().enumerate() {
            *y = T::with_directions(z[i], |k| -tangents[k][(i, 0)]);
        }
        memory.decided(decided);
    }

    fn record_pullback(&self, at: At<'_, Var>, _: &[bool]) -> Vec<Var> {
        let At { x: theta, y: z, g } = at;
        let n = z.len();
        let unit = |i| (0..n).map(|k| Var::from(f64::from(i == k))).collect::<Vec<_>>();
        let residual = |z: &[Var], theta: &[Var]| self.residual.inlined(&[z, theta].concat());
        let rows: Vec<Vec<Var>> =
            (0..n).map(|i| nested_pullback(|z| residual(z, theta), z, &unit(i)).1).collect();
        let transposed = VarMatrix::from_fn(n, n, |i, j| rows[j][i]);
        let adjoint = record_solve(&transposed, &VarMatrix::column(g));
        let cotangents = adjoint.negated();
        nested_pullback(|theta| residual(z, theta), theta, cotangents.as_slice()).1
    }
}
