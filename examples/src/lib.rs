#![doc = include_str!("../README.md")]

pub mod digits;
pub mod gradbench;
pub mod pictures;

/// The examples of the workspace's README, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct WorkspaceReadme;
