//! Every matrix rule through one grid: golden numbers, differences, the adjoint identity, single
//! precision, views, and bad input.

mod harness;

mod determinants;
mod factorizations;
mod functions;
mod learning;
mod norms;
mod products;
mod solves;
mod structure;
