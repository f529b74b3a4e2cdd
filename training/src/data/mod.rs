//! Data sets in memory: reading, splitting, scaling, and drawing batches.
//!
//! A [`Dataset`] is read from IDX files ([`read_idx_folder`]) or CSV files ([`read_csv`]) or built
//! from vectors, divided by a [`Split`], brought to a common scale by a [`Scaler`], and drawn from by
//! a [`Sampler`]:
//!
//! ```
//! use training::data::{CsvOptions, Sampler, Sampling, Scaler, Split, parse_csv};
//!
//! let mut text = "x,y,label\n".to_string();
//! for row in 0..20 {
//!     text += &format!("{row},{},{}\n", 20 - row, row % 2);
//! }
//! let data = parse_csv::<f64>(&text, "rows.csv", &CsvOptions::classification(2))?;
//!
//! let split = Split::stratified(data.labels().unwrap(), 0.1, 0.1, 7)?;
//! let (mut train, mut test) = (data.select(&split.train)?, data.select(&split.test)?);
//! let scaler = Scaler::standardize(&train)?;
//! scaler.transform(&mut train)?;
//! scaler.transform(&mut test)?;
//!
//! let sampling = Sampling::MiniBatch { size: 4, drop_last: false };
//! let mut sampler = Sampler::new(sampling, train.len(), 7)?;
//! let mut features = vec![0.0; sampler.batch_size() * train.feature_columns()];
//! for epoch in 0..3 {
//!     for rows in sampler.epoch(epoch) {
//!         train.gather_features(rows, &mut features[..rows.len() * train.feature_columns()]);
//!     }
//! }
//! # Ok::<(), training::Error>(())
//! ```

mod csv;
mod dataset;
mod idx;
mod random;
mod sampler;
mod scaler;
mod split;

pub use self::csv::{CsvOptions, parse_csv, read_csv};
pub use dataset::{Dataset, Targets};
pub use idx::{IdxImages, read_idx_dataset, read_idx_folder, read_idx_images, read_idx_labels};
pub use sampler::{Sampler, Sampling};
pub use scaler::Scaler;
pub use split::Split;
