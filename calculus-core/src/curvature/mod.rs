//! Curvature and optimality: what the second derivative says about a point.
//!
//! | question | answer |
//! |---|---|
//! | is this matrix definite? | [`definiteness`], [`inertia`], [`gershgorin_bounds`] |
//! | is this point a minimum, a maximum, a saddle? | [`classify_critical_point`], [`CriticalPointTest`] |
//! | is this function convex? | [`convexity_on_sample`], [`hessian_convexity_on_sample`]: only a no is certain |
//! | what are $L$ and $\mu$? | [`quadratic_constants`] exactly; [`sampled_constants`], [`sampled_hessian_constants`] from one side |
//! | how long may a step be, how fast does it converge? | [`condition_number`], [`optimal_fixed_step`], [`fixed_step`] |
//! | what are the extreme eigenvalues, from products alone? | [`Lanczos`] |
//! | what are the trace and the spectrum, from products alone? | [`StochasticTrace`], [`StochasticLanczos`] |
//! | how much does the function rise nearby? | [`quadratic_sharpness`], [`SharpnessAscent`], [`sharpness_aware_perturbation`] |
//! | how does a map change volumes? | [`volume_change`] |
//! | what is the derivative of a solution by its parameters? | [`ImplicitFunction`] |
//! | limits, extrema and mean values in one variable | [`univariate`] |
//!
//! Matrices are [`faer::MatRef`], operators closures `product(v, y)` that write $Hv$ to `y`. A matrix
//! that has to be symmetric is read in both triangles, and its symmetric part is meant; more
//! asymmetry than differences leave is an error, and so is an entry that is not finite. Matrices are
//! scaled by powers of 2, so that entries may have any size. Random directions come from a seed, and
//! the same seed gives the same numbers.
//!
//! An answer that rounding or a sample leaves open says so: *undecided*, *no violation found*, a
//! bound from one side, a standard error, an estimated error.

mod conditioning;
mod constants;
mod convexity;
mod critical;
mod definiteness;
mod density;
mod gershgorin;
mod implicit;
mod lanczos;
mod random;
mod sample;
mod scaling;
mod sharpness;
mod symmetric;
mod trace;
mod trust_region;
pub mod univariate;
mod vector;
mod volume;

pub use conditioning::{FixedStep, condition_number, fixed_step, optimal_fixed_step};
pub use constants::{
    QuadraticConstants, SampledConstants, quadratic_constants, sampled_constants,
    sampled_hessian_constants,
};
pub use convexity::{
    ChordViolation, ConvexityEvidence, CurvatureViolation, convexity_on_sample,
    hessian_convexity_on_sample,
};
pub use critical::{CriticalPoint, CriticalPointKind, CriticalPointTest, classify_critical_point};
pub use definiteness::{
    Definiteness, DefinitenessMethod, DefinitenessReport, Inertia, definiteness,
    definiteness_within, inertia,
};
pub use density::{SpectralDensity, StochasticLanczos};
pub use gershgorin::{EigenvalueBounds, gershgorin_bounds};
pub use implicit::ImplicitFunction;
pub use lanczos::{ExtremeEigenvalues, Lanczos, RitzPair};
pub use sample::{sample_ball, sample_box};
pub use sharpness::{SharpnessAscent, SharpnessLowerBound, sharpness_aware_perturbation};
pub use trace::{StochasticTrace, TraceEstimate};
pub use trust_region::{QuadraticMaximum, quadratic_sharpness};
pub use volume::{VolumeChange, volume_change};
