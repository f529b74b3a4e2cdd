//! Taylor series of one variable, series of matrices, and Taylor models.

mod matrices;
mod models;
mod series;
