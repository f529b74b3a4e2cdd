#![doc = include_str!("../README.md")]

pub mod digits;
pub mod pictures;
