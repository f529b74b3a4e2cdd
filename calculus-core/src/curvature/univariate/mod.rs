//! Functions of one variable: limits, extrema, mean values.

mod brent;
mod critical_points;
mod epsilon;
mod extremum;
mod limit;
mod mean_value;
mod quadrature;
mod richardson;

pub use critical_points::{CriticalAbscissa, critical_points};
pub use epsilon::wynn_epsilon;
pub use extremum::{
    Extremum, first_derivative_test, higher_derivative_test, second_derivative_test,
};
pub use limit::{Approach, Limit, limit};
pub use mean_value::{mean_value_point, mean_value_point_of_integral};
pub use richardson::richardson;
