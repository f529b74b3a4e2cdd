//! Sparsity patterns and the colouring of their rows and columns.
//!
//! The product $J s$ of forward mode, or of a finite difference along $s$, costs the same however
//! many columns $s$ covers. Where the columns of a group have no row in common, one product with the
//! sum of their unit vectors gives all of them: a sparse Jacobian costs as many products as groups,
//! whatever its size. Symmetry spares more of them, and rows may be grouped for reverse mode.
//!
//! The way is always the same: a [`Pattern`], a colouring, the products with its seed matrix, and a
//! recovery that is prepared once and used for every matrix with the pattern.
//!
//! | matrix | colouring | products | recovery |
//! |---|---|---|---|
//! | Jacobian, forward | [`color_columns`] | $J S$ | [`DirectRecovery::by_columns`] |
//! | Jacobian, reverse | [`color_rows`] | $S^T J$ | [`DirectRecovery::by_rows`] |
//! | Jacobian with dense rows and columns | [`color_bidirectional`] | $J S_c$, $S_r^T J$ | [`BidirectionalRecovery`] |
//! | Hessian, entries read off | [`star_coloring`] | $H S$ | [`DirectRecovery::by_star`] |
//! | Hessian, entries by substitution | [`acyclic_coloring`] | $H S$ | [`SubstitutionRecovery`] |
//!
//! Substitution needs the fewest products, and adds up their errors along chains of entries; for
//! products that are exact up to rounding that is harmless, for finite differences of gradients a
//! star colouring is the safer choice.
//!
//! | pattern | columns | bidirectional | star | acyclic |
//! |---|---|---|---|---|
//! | band of half-width $b$ | $2b + 1$ | $2b + 1$ | $2b + 1$ | $b + 1$ |
//! | arrow of $n$ columns | $n$ | 3 | 2 | 2 |
//! | five-point grid | 5 | 5 | 5 or 6 | 4 |
//! | nine-point grid | 9 | 9 | 9 | 6 |
//! | diagonal blocks of size $b$ | $b$ | $b$ | $b$ | $b$ |
//!
//! These are optimal but for the grids, where a star colouring needs 5 and an acyclic one 3 for the
//! five points (Fertin, Raspaud and Reed 2004; Fertin, Godard and Raspaud 2003), and what is least
//! for the nine is not known to us. Where the unknowns of a five-point grid were numbered at random,
//! up to two colours more were used; on bands, none.
//!
//! Source: Gebremedhin, Manne and Pothen (2005), *What color is your Jacobian? Graph coloring for
//! computing derivatives*, SIAM Review 47(4), 629-705.
//!
//! # Examples
//! The Hessian of the chained Rosenbrock function
//! $\sum_i 100 (x_{i+1} - x_i^2)^2 + (1 - x_i)^2$ from three differences of its gradient, whatever
//! the number of variables.
//! ```
//! use calculus_core::coloring::{DirectRecovery, Pattern, star_coloring};
//! use faer::Mat;
//!
//! fn gradient(x: &[f64]) -> Vec<f64> {
//!     let mut g = vec![0.0; x.len()];
//!     for i in 0..x.len() - 1 {
//!         let r = x[i + 1] - x[i] * x[i];
//!         g[i] += -400.0 * r * x[i] - 2.0 * (1.0 - x[i]);
//!         g[i + 1] += 200.0 * r;
//!     }
//!     g
//! }
//!
//! let n = 1000;
//! let pattern = Pattern::banded(n, 1, 1);
//! let coloring = star_coloring(&pattern)?;
//! assert_eq!(coloring.count(), 3);
//! let recovery = DirectRecovery::by_star(&pattern, &coloring)?;
//!
//! let (x, h) = (vec![1.0; n], 1e-6);
//! let mut products = Mat::zeros(n, coloring.count());
//! let mut seed = vec![0.0; n];
//! for color in 0..coloring.count() {
//!     coloring.seed(color, &mut seed);
//!     let at = |t: f64| gradient(&x.iter().zip(&seed).map(|(x, s)| x + t * s).collect::<Vec<_>>());
//!     for (row, (after, before)) in at(h).into_iter().zip(at(-h)).enumerate() {
//!         products[(row, color)] = (after - before) / (2.0 * h);
//!     }
//! }
//! let hessian = recovery.recover(products.as_ref());
//! // At the minimum x = 1: 802, 1002, .., 1002, 200 on the diagonal, -400 beside it.
//! let close = |i, j, expected: f64| (hessian.get(i, j).unwrap() - expected).abs() < 1e-5;
//! assert!(close(0, 0, 802.0) && close(500, 500, 1002.0) && close(999, 999, 200.0));
//! assert!(close(500, 501, -400.0) && close(501, 500, -400.0));
//! # Ok::<(), calculus_core::Error>(())
//! ```

mod acyclic;
mod algebra;
mod bicoloring;
mod bidirectional;
mod bidirectional_recovery;
mod classes;
mod columns;
mod direct;
mod disjoint_sets;
mod families;
mod first_fit;
mod neighbor_colors;
mod order;
mod pattern;
mod queue;
mod star;
mod substitution;

pub use acyclic::{acyclic_coloring, acyclic_coloring_in};
pub use bicoloring::Bicoloring;
pub use bidirectional::color_bidirectional;
pub use bidirectional_recovery::BidirectionalRecovery;
pub use classes::Coloring;
pub use columns::{color_columns, color_columns_in, color_rows, color_rows_in};
pub use direct::DirectRecovery;
pub use order::Order;
pub use pattern::Pattern;
pub use star::{star_coloring, star_coloring_in};
pub use substitution::SubstitutionRecovery;
