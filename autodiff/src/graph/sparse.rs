//! Sparse Jacobians and Hessians: compressed by a colouring, recovered entry by entry.

use calculus_core::coloring::{
    Coloring, DirectRecovery, Pattern, SubstitutionRecovery, acyclic_coloring, color_columns,
    color_rows, star_coloring,
};
use faer::sparse::SparseColMatRef;
use faer::{Mat, MatRef};

use super::block::CHUNK;
use super::function::Function;
use super::record::Outputs;
use super::var::Var;
use crate::Dual;

/// Up to so many directions are swept one at a time: a sweep with eight tangents moves some four times
/// as much memory as one with a single tangent.
const SINGLES: usize = 3;

impl<F, O> Function<F>
where
    F: Fn(&[Var]) -> O,
    O: Outputs<Var>,
{
    /// The sparse Jacobian of this function, prepared: its pattern is found and coloured.
    ///
    /// Costs as [`Graph::jacobian_pattern`](crate::Graph::jacobian_pattern) and two colourings.
    ///
    /// # Examples
    /// ```
    /// use autodiff::{Function, Var};
    /// let f = |x: &[Var]| x.windows(2).map(|w| w[1] * w[1] - w[0]).collect::<Vec<_>>();
    /// let mut jacobian = Function::new(f, &[1.0; 100]).sparse_jacobian();
    /// assert_eq!(jacobian.colors(), 2); // all of it by one sweep
    /// let matrix = jacobian.evaluate(&[3.0; 100]);
    /// assert_eq!((matrix.nrows(), matrix.ncols(), matrix.compute_nnz()), (99, 100, 198));
    /// assert_eq!((matrix[(7, 7)], matrix[(7, 8)]), (-1.0, 6.0));
    /// // By rows: offsets, columns and values.
    /// let by_rows = matrix.to_row_major()?;
    /// assert_eq!(by_rows.symbolic().row_ptr()[..3], [0, 2, 4]);
    /// assert_eq!(by_rows.symbolic().col_idx()[..4], [0, 1, 1, 2]);
    /// assert_eq!(by_rows.val()[..2], [-1.0, 6.0]);
    /// # Ok::<(), faer::sparse::CreationError>(())
    /// ```
    pub fn sparse_jacobian(&self) -> SparseJacobian<F> {
        let pattern = self.graph().jacobian_pattern();
        let recordings = self.recordings();
        let compression = JacobianCompression::new(&pattern);
        SparseJacobian { function: self.clone(), recordings, compression }
    }

    /// The sparse Hessian of this function, prepared: its pattern is found and coloured.
    ///
    /// Costs as [`Graph::hessian_pattern`](crate::Graph::hessian_pattern) and two colourings.
    ///
    /// # Panics
    /// If the function has more than one output.
    ///
    /// # Examples
    /// ```
    /// use autodiff::{Function, Var};
    /// use calculus_core::Real;
    /// fn rosenbrock<T: Real>(x: &[T]) -> T {
    ///     x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
    /// }
    /// let mut hessian = Function::new(rosenbrock, &[0.0; 1000]).sparse_hessian();
    /// assert_eq!(hessian.colors(), 2);
    /// let matrix = hessian.evaluate(&[1.0; 1000]);
    /// assert_eq!(matrix.compute_nnz(), 2998);
    /// assert_eq!((matrix[(5, 5)], matrix[(5, 6)], matrix[(999, 999)]), (1002.0, -400.0, 200.0));
    /// ```
    #[track_caller]
    pub fn sparse_hessian(&self) -> SparseHessian<F> {
        self.assert_scalar();
        let pattern = self.graph().hessian_pattern();
        let recordings = self.recordings();
        let compression = HessianCompression::new(&pattern);
        SparseHessian { function: self.clone(), recordings, compression }
    }
}

/// The sparse Jacobian of a function, evaluated at one point after another.
///
/// Columns without a row in common are computed together, eight such groups a forward sweep, or rows
/// without a column in common by one reverse sweep each, whichever needs fewer sweeps. An evaluation
/// allocates nothing, unless the function is recorded again and its pattern is another one.
///
/// Made by [`Function::sparse_jacobian`].
#[derive(Clone, Debug)]
pub struct SparseJacobian<F> {
    function: Function<F>,
    /// The recordings of the function when its pattern was found.
    recordings: u64,
    compression: JacobianCompression,
}

#[derive(Clone, Debug)]
struct JacobianCompression {
    by_columns: bool,
    coloring: Coloring,
    recovery: DirectRecovery,
    products: Mat<f64>,
    values: Vec<f64>,
}

impl JacobianCompression {
    fn new(pattern: &Pattern) -> Self {
        let (columns, rows) = (color_columns(pattern), color_rows(pattern));
        let by_columns = columns.count().div_ceil(CHUNK) <= rows.count();
        let determined = "such a colouring determines all entries";
        let (coloring, recovery, products) = if by_columns {
            let recovery = DirectRecovery::by_columns(pattern, &columns).expect(determined);
            let products = Mat::zeros(pattern.rows(), columns.count());
            (columns, recovery, products)
        } else {
            let recovery = DirectRecovery::by_rows(pattern, &rows).expect(determined);
            let products = Mat::zeros(rows.count(), pattern.columns());
            (rows, recovery, products)
        };
        Self { by_columns, coloring, recovery, products, values: vec![0.0; pattern.nonzeros()] }
    }
}

impl<F, O> SparseJacobian<F>
where
    F: Fn(&[Var]) -> O,
    O: Outputs<Var>,
{
    /// The Jacobian at `x`, of shape outputs by inputs, with the entries of the
    /// [`pattern`](SparseJacobian::pattern).
    ///
    /// # Panics
    /// If `x` has not as many entries as the function has inputs.
    #[track_caller]
    pub fn evaluate(&mut self, x: &[f64]) -> SparseColMatRef<'_, usize, f64> {
        let Self { function, recordings, compression } = self;
        if function.is_recorded_anew(x, recordings) {
            let pattern = function.graph().jacobian_pattern();
            if pattern != *compression.recovery.pattern() {
                *compression = JacobianCompression::new(&pattern);
            }
        }
        let JacobianCompression { by_columns, coloring, recovery, products, values } = compression;
        if *by_columns {
            for first in (0..coloring.count()).step_by(CHUNK) {
                function.push_forward_colors(x, coloring.colors(), first, |row, tangent| {
                    for (k, &t) in tangent[..CHUNK.min(coloring.count() - first)].iter().enumerate()
                    {
                        products[(row, first + k)] = t;
                    }
                });
            }
        } else {
            function.evaluate_for_sweeps(x);
            for color in 0..coloring.count() {
                let adjoints = function.pull_back_color(coloring.colors(), color);
                for (column, &g) in adjoints.iter().enumerate() {
                    products[(color, column)] = g;
                }
            }
        }
        recovery.recover_into(products.as_ref(), values);
        SparseColMatRef::new(recovery.pattern().symbolic(), values)
    }
}

impl<F> SparseJacobian<F> {
    /// Which entries the last evaluation had, or else the next has unless a decision comes out
    /// differently.
    pub fn pattern(&self) -> &Pattern {
        self.compression.recovery.pattern()
    }

    /// The number of groups that the columns, or rows, are computed in.
    pub fn colors(&self) -> usize {
        self.compression.coloring.count()
    }
}

/// The sparse Hessian of a function with one output, evaluated at one point after another.
///
/// Compressed by a star or an acyclic colouring, whichever needs fewer sweeps, and evaluated forward
/// over reverse with one or eight colours a sweep. The matrix is symmetric, so its columns are its
/// rows too. An evaluation allocates nothing, unless the function is recorded again and its pattern
/// is another one.
///
/// With an acyclic colouring entries are found by substitution: an entry that is infinite or NaN
/// makes others of its row or column NaN.
///
/// Made by [`Function::sparse_hessian`].
#[derive(Clone, Debug)]
pub struct SparseHessian<F> {
    function: Function<F>,
    /// The recordings of the function when its pattern was found.
    recordings: u64,
    compression: HessianCompression,
}

#[derive(Clone, Debug)]
enum HessianRecovery {
    Direct(DirectRecovery),
    Substitution(SubstitutionRecovery),
}

impl HessianRecovery {
    fn pattern(&self) -> &Pattern {
        match self {
            Self::Direct(recovery) => recovery.pattern(),
            Self::Substitution(recovery) => recovery.pattern(),
        }
    }

    fn recover_into(&self, products: MatRef<'_, f64>, values: &mut [f64]) {
        match self {
            Self::Direct(recovery) => recovery.recover_into(products, values),
            Self::Substitution(recovery) => recovery.recover_into(products, values),
        }
    }
}

#[derive(Clone, Debug)]
struct HessianCompression {
    coloring: Coloring,
    recovery: HessianRecovery,
    products: Mat<f64>,
    values: Vec<f64>,
}

impl HessianCompression {
    fn new(pattern: &Pattern) -> Self {
        let symmetric = "the pattern of a Hessian is symmetric";
        let determined = "such a colouring determines all entries";
        let star = star_coloring(pattern).expect(symmetric);
        let acyclic = acyclic_coloring(pattern).expect(symmetric);
        let (coloring, recovery) = if cost(star.count()) <= cost(acyclic.count()) {
            let recovery = DirectRecovery::by_star(pattern, &star).expect(determined);
            (star, HessianRecovery::Direct(recovery))
        } else {
            let recovery = SubstitutionRecovery::new(pattern, &acyclic).expect(determined);
            (acyclic, HessianRecovery::Substitution(recovery))
        };
        let products = Mat::zeros(pattern.rows(), coloring.count());
        Self { coloring, recovery, products, values: vec![0.0; pattern.nonzeros()] }
    }
}

/// The cost of sweeps with so many colours, in sweeps with one tangent.
fn cost(colors: usize) -> usize {
    let left = colors % CHUNK;
    colors / CHUNK * (SINGLES + 1) + left.min(SINGLES + 1)
}

impl<F, O> SparseHessian<F>
where
    F: Fn(&[Var]) -> O,
    O: Outputs<Var>,
{
    /// The Hessian at `x` with the entries of the [`pattern`](SparseHessian::pattern), both halves.
    ///
    /// # Panics
    /// If `x` has not as many entries as the function has inputs.
    #[track_caller]
    pub fn evaluate(&mut self, x: &[f64]) -> SparseColMatRef<'_, usize, f64> {
        let Self { function, recordings, compression } = self;
        if function.is_recorded_anew(x, recordings) {
            let pattern = function.graph().hessian_pattern();
            if pattern != *compression.recovery.pattern() {
                *compression = HessianCompression::new(&pattern);
            }
        }
        let HessianCompression { coloring, recovery, products, values } = compression;
        let colors = coloring.count();
        let mut first = 0;
        while first < colors {
            if colors - first > SINGLES {
                let width = CHUNK.min(colors - first);
                let adjoints = function.second_order_chunk(x, coloring.colors(), first);
                for k in 0..width {
                    let product = products.col_as_slice_mut(first + k);
                    product.iter_mut().zip(adjoints).for_each(|(p, g)| *p = g.tangent()[k]);
                }
                first += width;
            } else {
                let adjoints = function.second_order_single(x, coloring.colors(), first);
                let product = products.col_as_slice_mut(first);
                product.iter_mut().zip(adjoints).for_each(|(p, g)| *p = g.tangent()[0]);
                first += 1;
            }
        }
        recovery.recover_into(products.as_ref(), values);
        SparseColMatRef::new(recovery.pattern().symbolic(), values)
    }
}

impl<F> SparseHessian<F> {
    /// Which entries the last evaluation had, or else the next has unless a decision comes out
    /// differently.
    pub fn pattern(&self) -> &Pattern {
        self.compression.recovery.pattern()
    }

    /// The number of groups that the columns are computed in.
    pub fn colors(&self) -> usize {
        self.compression.coloring.count()
    }
}

/// The sweeps along sums of unit vectors.
impl<F, O> Function<F>
where
    F: Fn(&[Var]) -> O,
    O: Outputs<Var>,
{
    /// Decides at `x`; whether the function has been recorded since the number of recordings was
    /// `known`, which is brought up to date.
    #[track_caller]
    fn is_recorded_anew(&mut self, x: &[f64], known: &mut u64) -> bool {
        self.decide(x);
        core::mem::replace(known, self.recordings()) != self.recordings()
    }

    /// The tangents of all outputs along the groups of inputs of eight colours from `first` on.
    fn push_forward_colors(
        &mut self,
        x: &[f64],
        colors: &[usize],
        first: usize,
        mut each: impl FnMut(usize, [f64; CHUNK]),
    ) {
        let engine = &self.engine;
        let workspace = self.chunk.get_or_insert_with(|| engine.workspace());
        workspace.expect_sweep(false);
        engine.forward(colored(x, colors, first), workspace);
        (0..engine.outputs()).for_each(|k| each(k, engine.output(workspace, k).tangent()));
    }

    /// Evaluates at a point that has been decided, for [`pull_back_color`](Function::pull_back_color).
    fn evaluate_for_sweeps(&mut self, x: &[f64]) {
        self.workspace.expect_sweep(false);
        self.engine.forward(x.iter().copied(), &mut self.workspace);
    }

    /// The adjoints of the inputs for the sum of the outputs of a colour.
    fn pull_back_color(&mut self, colors: &[usize], color: usize) -> &[f64] {
        let cotangents = colors.iter().map(|&c| if c == color { 1.0 } else { 0.0 });
        self.engine.reverse(cotangents, &mut self.workspace);
        self.engine.input_adjoints(&self.workspace)
    }

    /// The adjoints of the inputs with tangents along the groups of eight colours from `first` on.
    fn second_order_chunk(
        &mut self,
        x: &[f64],
        colors: &[usize],
        first: usize,
    ) -> &[Dual<f64, CHUNK>] {
        let engine = &self.engine;
        let workspace = self.chunk.get_or_insert_with(|| engine.workspace());
        workspace.expect_sweep(true);
        engine.forward(colored(x, colors, first), workspace);
        engine.reverse([Dual::from(1.0)], workspace);
        engine.input_adjoints(workspace)
    }

    /// The adjoints of the inputs with tangents along the group of a colour.
    fn second_order_single(&mut self, x: &[f64], colors: &[usize], color: usize) -> &[Dual<f64>] {
        let engine = &self.engine;
        let workspace = self.dual.get_or_insert_with(|| engine.workspace());
        workspace.expect_sweep(true);
        let direction = colors.iter().map(|&c| if c == color { 1.0 } else { 0.0 });
        engine.forward(x.iter().zip(direction).map(|(&x, t)| Dual::new(x, [t])), workspace);
        engine.reverse([Dual::from(1.0)], workspace);
        engine.input_adjoints(workspace)
    }
}

/// The point with the inputs of the colours `first..first + CHUNK` moving along one tangent each.
fn colored<'x>(
    x: &'x [f64],
    colors: &'x [usize],
    first: usize,
) -> impl Iterator<Item = Dual<f64, CHUNK>> + 'x {
    x.iter().zip(colors).map(move |(&x, &color)| {
        if (first..first + CHUNK).contains(&color) {
            Dual::variable(x, color - first)
        } else {
            Dual::constant(x)
        }
    })
}
