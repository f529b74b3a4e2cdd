//! Transformations of a graph that leave its values and derivatives unchanged.
//!
//! A pass takes a graph and returns one that computes the same numbers with fewer operations. Guards
//! are kept: what they look at is live.

mod common;
mod dead;
mod fold;
mod identities;
mod rewrite;

use super::node::Graph;

impl Graph {
    /// The same function with fewer operations.
    ///
    /// Four passes: identities that hold exactly in IEEE arithmetic (`x * 1`, `x - 0`, `-(-x)`,
    /// `x.powi(2)` as a product, division by a power of two as a product), folding of what depends
    /// on constants alone, common subexpressions, and removal of what no output and no decision
    /// depends on. Identities that do not hold for infinities, NaN or the sign of zero (`x * 0 = 0`,
    /// `x + 0 = x`, `x - x = 0`, `x / x = 1`), and those that change rounding (reassociation,
    /// distribution, contraction to fused multiply-adds) are not used. Values are the same bits;
    /// adjoints may be added up in another order.
    ///
    /// Cost: linear in the number of operations.
    ///
    /// # Examples
    /// ```
    /// use autodiff::Graph;
    /// use calculus_core::Real;
    /// let graph = Graph::record(|x| (x[0] * x[1]).sin() + 1.0 * (x[1] * x[0]), &[1.0, 2.0]);
    /// assert_eq!(graph.simplified().to_string(), "\
    /// %0 = input
    /// %1 = input
    /// %2 = mul %0, %1
    /// %3 = sin %2
    /// %4 = add %2, %3
    /// return %4
    /// ");
    /// ```
    pub fn simplified(&self) -> Graph {
        let graph = identities::apply(self);
        let graph = fold::apply(&graph);
        let graph = common::apply(&graph);
        dead::apply(&graph)
    }
}

#[cfg(test)]
pub(in crate::graph) mod random;
