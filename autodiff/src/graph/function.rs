//! A recorded function with its workspace, replayed at new points.

use core::fmt;
use std::sync::Arc;

use faer::Mat;

use super::block::CHUNK;
use super::engine::Engine;
use super::many::Points;
use super::nested::nested_gradient;
use super::node::Graph;
use super::program::Workspace;
use super::record::{Outputs, record, record_distinct, recycle};
use super::var::Var;
use crate::Dual;

/// A function recorded once and replayed at new points.
///
/// The value and gradient at a new point cost one forward and one reverse pass over the graph, and
/// no memory is allocated. Where a decision of the function (a comparison, a value read) would come
/// out differently at the new point, the function is recorded again there, so the result is always
/// that of the function itself, to rounding; [`recordings`](Function::recordings) tells how often.
///
/// A clone shares the function and the prepared graph, and has a workspace of its own: to evaluate
/// from several threads at once, give each a clone. One that records again leaves the others as they
/// are.
///
/// # Examples
/// ```
/// use autodiff::Function;
/// use calculus_core::Real;
///
/// fn f<T: Real>(x: &[T]) -> T {
///     if x[0] > 0.0 { x[0].sin() * x[1] } else { x[0] * x[1] }
/// }
/// let mut function = Function::new(f, &[1.0, 2.0]);
/// let mut g = [0.0; 2];
/// assert_eq!(function.value_and_gradient(&[0.0, 3.0], &mut g), 0.0); // another branch
/// assert_eq!(g, [3.0, 0.0]);
/// assert_eq!(function.recordings(), 2);
///
/// let slopes = std::thread::scope(|scope| {
///     [1.0, 2.0].map(|x| {
///         let mut function = function.clone();
///         scope.spawn(move || {
///             let mut g = [0.0; 2];
///             function.gradient(&[-x, x], &mut g);
///             g
///         })
///     })
///     .map(|thread| thread.join().unwrap())
/// });
/// assert_eq!(slopes, [[1.0, -1.0], [2.0, -2.0]]);
/// ```
pub struct Function<F> {
    f: Arc<F>,
    pub(super) engine: Engine,
    pub(super) workspace: Workspace<f64>,
    /// For Hessian-vector products and Hessians; made at first use.
    pub(super) dual: Option<Workspace<Dual<f64>>>,
    pub(super) chunk: Option<Workspace<Dual<f64, CHUNK>>>,
    /// For many values and gradients; made at first use.
    pub(super) many: (Option<Points>, Option<Points>),
    recordings: u64,
    /// Whether the workspace holds a point: that of the recording or of an evaluation.
    has_point: bool,
    /// Whether equal operations are merged while they are recorded.
    distinct: bool,
}

impl<F> Clone for Function<F> {
    /// Shares the function and the prepared graph.
    fn clone(&self) -> Self {
        Self {
            f: self.f.clone(),
            engine: self.engine.clone(),
            workspace: self.workspace.clone(),
            dual: None,
            chunk: None,
            many: (None, None),
            recordings: self.recordings,
            has_point: self.has_point,
            distinct: self.distinct,
        }
    }
}

impl<F> fmt::Debug for Function<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Function")
            .field("inputs", &self.engine.graph().inputs())
            .field("outputs", &self.engine.outputs())
            .field("operations", &self.engine.graph().len())
            .field("recordings", &self.recordings)
            .finish()
    }
}

impl<F, O> Function<F>
where
    F: Fn(&[Var]) -> O,
    O: Outputs<Var>,
{
    /// Records `f` at `x`; the point decides the branches of the first recording and no more.
    ///
    /// # Panics
    /// As [`Graph::record`].
    #[track_caller]
    pub fn new(f: F, x: &[f64]) -> Self {
        Self::prepared(f, x, false)
    }

    /// Records `f` at `x`, each distinct operation once; see [`Graph::record_distinct`].
    ///
    /// # Panics
    /// As [`Graph::record`].
    #[track_caller]
    pub fn distinct(f: F, x: &[f64]) -> Self {
        Self::prepared(f, x, true)
    }

    #[track_caller]
    fn prepared(f: F, x: &[f64], distinct: bool) -> Self {
        let graph = recorded(&f, x, distinct);
        let mut function = Self::of_graph(f, graph, distinct);
        function.workspace.values[..x.len()].copy_from_slice(x);
        function.has_point = true;
        function
    }

    /// A function whose graph is there already.
    pub(super) fn of_graph(f: F, graph: Graph, distinct: bool) -> Self {
        let engine = Engine::new(graph);
        Self {
            f: Arc::new(f),
            workspace: engine.workspace(),
            engine,
            dual: None,
            chunk: None,
            many: (None, None),
            recordings: 1,
            has_point: false,
            distinct,
        }
    }

    /// Whether all decisions come out at `x` as they were recorded, so that a replay there needs no
    /// other recording.
    ///
    /// # Panics
    /// If `x` has not as many entries as the function has inputs.
    #[track_caller]
    pub fn holds_at(&mut self, x: &[f64]) -> bool {
        assert_eq!(x.len(), self.inputs(), "the function has {} inputs", self.inputs());
        self.workspace.expect_sweep(false);
        let before = self.point().to_vec();
        self.engine.forward(x.iter().copied(), &mut self.workspace);
        let holds = self.engine.guards_hold(&self.workspace);
        if holds {
            self.has_point = true;
        } else {
            self.workspace.values[..x.len()].copy_from_slice(&before);
        }
        holds
    }

    /// The graph that the function has at a point.
    #[track_caller]
    pub(super) fn recorded_at(&self, x: &[f64]) -> Graph {
        recorded(&*self.f, x, self.distinct)
    }

    /// The point of the last replay, or of the recording.
    pub(super) fn point(&self) -> &[f64] {
        &self.workspace.values[..self.inputs()]
    }

    /// The graph as last recorded.
    pub fn graph(&self) -> &Graph {
        self.engine.graph()
    }

    /// The number of inputs.
    pub fn inputs(&self) -> usize {
        self.engine.graph().inputs()
    }

    /// The number of outputs.
    pub fn outputs(&self) -> usize {
        self.engine.outputs()
    }

    /// How often the function has been recorded: once, and once more for each replay that met
    /// another branch.
    pub fn recordings(&self) -> u64 {
        self.recordings
    }

    /// Replays forward at `x`, recording again if a decision comes out differently.
    #[track_caller]
    fn forward(&mut self, x: &[f64]) {
        assert_eq!(x.len(), self.inputs(), "the function has {} inputs", self.inputs());
        self.has_point = true;
        self.engine.forward(x.iter().copied(), &mut self.workspace);
        if !self.engine.guards_hold(&self.workspace) {
            // What the user's function may panic in the midst of is as it is elsewhere.
            let in_any_order = core::mem::take(&mut self.workspace.in_any_order);
            let stale = self.engine.load(self.recorded_at(x));
            self.workspace.in_any_order = in_any_order;
            recycle(stale);
            self.engine.fit(&mut self.workspace);
            self.dual = None;
            self.chunk = None;
            self.recordings += 1;
            self.engine.forward(x.iter().copied(), &mut self.workspace);
        } else if self.engine.confirm() {
            self.engine.fit(&mut self.workspace);
            self.dual = None;
            self.chunk = None;
            self.engine.forward(x.iter().copied(), &mut self.workspace);
        }
    }

    /// Records again if a decision comes out differently at `x`; without decisions there is nothing
    /// to replay.
    #[track_caller]
    pub(super) fn decide(&mut self, x: &[f64]) {
        if self.graph().decides() {
            self.forward(x);
        } else {
            assert_eq!(x.len(), self.inputs(), "the function has {} inputs", self.inputs());
        }
    }

    #[track_caller]
    pub(super) fn assert_scalar(&self) {
        assert_eq!(self.outputs(), 1, "a gradient is of a function with one output");
    }

    /// The value of the first output at `x`.
    ///
    /// # Panics
    /// If `x` has not as many entries as the function has inputs, or the function has no output.
    #[track_caller]
    pub fn value(&mut self, x: &[f64]) -> f64 {
        self.forward(x);
        assert!(self.outputs() > 0, "a value is of a function with an output");
        self.engine.output(&self.workspace, 0)
    }

    /// All outputs at `x`.
    ///
    /// # Panics
    /// If the length of `x` is not the number of inputs, or that of `y` not the number of outputs.
    #[track_caller]
    pub fn values(&mut self, x: &[f64], y: &mut [f64]) {
        self.forward(x);
        assert_eq!(y.len(), self.outputs(), "the function has {} outputs", self.outputs());
        for (k, y) in y.iter_mut().enumerate() {
            *y = self.engine.output(&self.workspace, k);
        }
    }

    /// The gradient $\nabla f(x)$, written to `gradient`.
    ///
    /// # Panics
    /// If a length is not the number of inputs, or the function has more than one output.
    #[track_caller]
    pub fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) {
        self.value_and_gradient(x, gradient);
    }

    /// The value $f(x)$, and the gradient $\nabla f(x)$ written to `gradient`.
    ///
    /// Costs one forward and one reverse pass, and allocates nothing once it has run.
    ///
    /// # Panics
    /// If a length is not the number of inputs, or the function has more than one output.
    #[track_caller]
    pub fn value_and_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> f64 {
        self.workspace.expect_sweep(true);
        self.forward(x);
        self.workspace.expect_sweep(false);
        self.assert_scalar();
        self.engine.reverse([1.0], &mut self.workspace);
        gradient.copy_from_slice(self.engine.input_adjoints(&self.workspace));
        self.engine.output(&self.workspace, 0)
    }

    /// The vector-Jacobian product $J(x)^\top w$, written to `product`.
    ///
    /// # Panics
    /// If `x` or `product` has not the number of inputs, or `w` not that of outputs.
    #[track_caller]
    pub fn vjp(&mut self, x: &[f64], w: &[f64], product: &mut [f64]) {
        self.workspace.expect_sweep(true);
        self.forward(x);
        self.workspace.expect_sweep(false);
        assert_eq!(w.len(), self.outputs(), "the function has {} outputs", self.outputs());
        self.engine.reverse(w.iter().copied(), &mut self.workspace);
        product.copy_from_slice(self.engine.input_adjoints(&self.workspace));
    }

    /// The Jacobian-vector product $J(x)\,v$, written to `product`: forward, at about the cost of two
    /// values.
    ///
    /// # Panics
    /// If `x` or `v` has not the number of inputs, or `product` not that of outputs.
    #[track_caller]
    pub fn jvp(&mut self, x: &[f64], v: &[f64], product: &mut [f64]) {
        self.decide(x);
        assert_eq!(v.len(), x.len(), "a direction has as many entries as the point");
        assert_eq!(product.len(), self.outputs(), "the function has {} outputs", self.outputs());
        let engine = &self.engine;
        let workspace = self.dual.get_or_insert_with(|| engine.workspace());
        workspace.expect_sweep(false);
        engine.forward(x.iter().zip(v).map(|(&x, &v)| Dual::new(x, [v])), workspace);
        for (k, product) in product.iter_mut().enumerate() {
            *product = engine.output(workspace, k).tangent()[0];
        }
    }

    /// The Hessian-vector product $\nabla^2 f(x)\,v$, written to `product`: forward over reverse,
    /// at about the cost of two gradients.
    ///
    /// # Panics
    /// If a length is not the number of inputs, or the function has more than one output.
    #[track_caller]
    pub fn hvp(&mut self, x: &[f64], v: &[f64], product: &mut [f64]) {
        self.decide(x);
        self.assert_scalar();
        assert_eq!(v.len(), x.len(), "a direction has as many entries as the point");
        assert_eq!(product.len(), x.len(), "a product has as many entries as the point");
        let engine = &self.engine;
        let workspace = self.dual.get_or_insert_with(|| engine.workspace());
        workspace.expect_sweep(true);
        engine.forward(x.iter().zip(v).map(|(&x, &v)| Dual::new(x, [v])), workspace);
        engine.reverse([Dual::from(1.0)], workspace);
        for (product, adjoint) in product.iter_mut().zip(engine.input_adjoints(workspace)) {
            *product = adjoint.tangent()[0];
        }
    }

    /// The Hessian $\nabla^2 f(x)$ of shape `n` by `n`, written row by row to `hessian`.
    ///
    /// Forward over reverse, eight columns a sweep: about $n/8$ sweeps over the graph.
    ///
    /// # Panics
    /// If `x` has not `n` entries or `hessian` not $n^2$, or the function has more than one output.
    #[track_caller]
    pub fn hessian(&mut self, x: &[f64], hessian: &mut [f64]) {
        let n = x.len();
        self.decide(x);
        self.assert_scalar();
        assert_eq!(hessian.len(), n * n, "the Hessian of {n} variables has {n} times {n} entries");
        let engine = &self.engine;
        let workspace = self.chunk.get_or_insert_with(|| engine.workspace());
        workspace.expect_sweep(true);
        for first in (0..n).step_by(CHUNK) {
            engine.forward(seeded(x, first), workspace);
            engine.reverse([Dual::from(1.0)], workspace);
            let width = CHUNK.min(n - first);
            for (i, adjoint) in engine.input_adjoints(workspace).iter().enumerate() {
                hessian[i * n + first..][..width].copy_from_slice(&adjoint.tangent()[..width]);
            }
        }
    }

    /// The Jacobian $\partial y_i/\partial x_j$: forward in chunks of eight columns or in reverse row
    /// by row, whichever needs fewer sweeps.
    ///
    /// # Panics
    /// If `x` has not as many entries as the function has inputs.
    #[track_caller]
    pub fn jacobian(&mut self, x: &[f64]) -> Mat<f64> {
        self.forward(x);
        let (m, n) = (self.outputs(), x.len());
        let mut jacobian = Mat::zeros(m, n);
        if n <= m * CHUNK {
            let engine = &self.engine;
            let workspace = self.chunk.get_or_insert_with(|| engine.workspace());
            workspace.expect_sweep(false);
            for first in (0..n).step_by(CHUNK) {
                engine.forward(seeded(x, first), workspace);
                for i in 0..m {
                    let tangent = engine.output(workspace, i).tangent();
                    for (k, &t) in tangent[..CHUNK.min(n - first)].iter().enumerate() {
                        jacobian[(i, first + k)] = t;
                    }
                }
            }
        } else {
            for i in 0..m {
                let row = (0..m).map(|k| if k == i { 1.0 } else { 0.0 });
                self.engine.reverse(row, &mut self.workspace);
                for (j, &g) in self.engine.input_adjoints(&self.workspace).iter().enumerate() {
                    jacobian[(i, j)] = g;
                }
            }
        }
        jacobian
    }

    /// The gradient as a function of the same inputs: $n$ outputs, to be replayed and differentiated
    /// like any other.
    ///
    /// Its graph holds the operations of the value and of the reverse sweep. It is recorded from the
    /// same function, at the point that this one was evaluated at last or recorded at, and again where
    /// a decision comes out differently. A function that was made from a graph knows no point before
    /// its first evaluation; see [`gradient_function_at`](Function::gradient_function_at).
    ///
    /// # Panics
    /// If the function has more than one output. If it was [made from a graph](Graph::into_function)
    /// with decisions or code of the user's, and not evaluated since.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Function;
    /// use calculus_core::Real;
    /// let f = Function::new(|x| x[0].powi(3) * x[1], &[1.0, 2.0]);
    /// let mut gradient = f.gradient_function();
    /// let (x, mut g) = ([2.0, 5.0], [0.0; 2]);
    /// gradient.values(&x, &mut g);
    /// assert_eq!(g, [60.0, 8.0]);
    /// assert_eq!(gradient.jacobian(&x)[(0, 0)], 60.0); // the Hessian
    /// ```
    #[track_caller]
    pub fn gradient_function(&self) -> Function<impl Fn(&[Var]) -> Vec<Var> + use<F, O>> {
        assert!(
            self.has_point || !(self.graph().decides() || self.graph().runs_user_code()),
            "a function made from a graph does not know where it was recorded: evaluate it first, or \
             ask for `Function::gradient_function_at` a point"
        );
        self.gradient_function_at(self.point())
    }

    /// As [`gradient_function`](Function::gradient_function), recorded at the point `x`.
    ///
    /// # Panics
    /// If the function has more than one output, or `x` not as many entries as it has inputs; if it
    /// was [made from a graph](Graph::into_function) and a decision comes out differently at `x`.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Graph;
    /// use calculus_core::Real;
    /// let graph = Graph::record(|x| if x[0] > 1.0 { x[0].powi(3) } else { x[0] }, &[2.0]);
    /// let mut gradient = graph.into_function().gradient_function_at(&[2.0]);
    /// assert_eq!(gradient.value(&[3.0]), 27.0);
    /// ```
    #[track_caller]
    pub fn gradient_function_at(
        &self,
        x: &[f64],
    ) -> Function<impl Fn(&[Var]) -> Vec<Var> + use<F, O>> {
        self.assert_scalar();
        assert_eq!(x.len(), self.inputs(), "the function has {} inputs", self.inputs());
        let f = self.f.clone();
        let scalar = move |x: &[Var]| {
            let y = f(x).into_vec();
            assert_eq!(y.len(), 1, "a gradient is of a function with one output");
            y[0]
        };
        let gradient = move |x: &[Var]| nested_gradient(&scalar, x).1;
        Function::prepared(gradient, x, self.distinct)
    }
}

/// Records a function, with equal operations merged or not.
#[track_caller]
fn recorded<O: Outputs<Var>>(f: impl FnOnce(&[Var]) -> O, x: &[f64], distinct: bool) -> Graph {
    if distinct { record_distinct(f, x) } else { record(f, x) }
}

/// The point with the unit directions `first..first + CHUNK` as tangents.
fn seeded(x: &[f64], first: usize) -> impl Iterator<Item = Dual<f64, CHUNK>> + '_ {
    x.iter().enumerate().map(move |(i, &x)| {
        if (first..first + CHUNK).contains(&i) {
            Dual::variable(x, i - first)
        } else {
            Dual::constant(x)
        }
    })
}
