//! Files that hold a model, or everything that a run needs to be continued.
//!
//! Both are [safetensors](https://github.com/huggingface/safetensors) files. They are written
//! beside their place and renamed, so that a reader sees the old file or the new one, and checked
//! in full when they are read.

mod archive;
mod model_file;
mod snapshot;

pub use snapshot::Snapshot;
