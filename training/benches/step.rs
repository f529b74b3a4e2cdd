//! The rate of whole training steps: gathering a batch, forward pass, backward pass, AdamW.
//!
//! `cargo bench -p training --bench step`. Two shapes: 64-64-10 at batch 32, where the overhead of
//! the loop decides, and 784-256-128-10 at batch 64, where matrix products do.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use optimizers::{AdamW, ClipByGlobalNorm, Group, Groups, Optimizer};
use training::data::{Dataset, Sampling};
use training::{
    Activation, Callback, Dense, Fit, FitContext, Model, Result, Sequential, SoftmaxCrossEntropy,
};

/// Stops the clock after a number of steps.
struct Stopwatch {
    steps: u64,
    start: Instant,
    elapsed: Duration,
}

impl Callback<f32> for Stopwatch {
    fn name(&self) -> &'static str {
        "stopwatch"
    }
    fn on_fit_start(&mut self, _: &mut FitContext<'_, f32>) -> Result<()> {
        self.start = Instant::now();
        Ok(())
    }
    fn on_step_end(&mut self, context: &mut FitContext<'_, f32>) -> Result<()> {
        if context.step() == self.steps {
            self.elapsed = self.start.elapsed();
            context.request_stop("stopwatch", "enough steps");
        }
        Ok(())
    }
}

/// The time of this many steps.
fn time(sizes: &[usize], batch: usize, clip: bool, data: &Dataset<f32>, steps: u64) -> Duration {
    let mut network = Sequential::new();
    for (i, &units) in sizes[1..].iter().enumerate() {
        if i > 0 {
            network = network.add(Activation::Relu);
        }
        network = network.add(Dense::new(units));
    }
    let mut model = Model::new(network, &sizes[..1], 0).expect("the sizes are positive");
    let layout = model.parameters().layout();
    let biases = Group::new("biases", layout.group_ranges("biases"));
    let biases = biases.with_weight_decay(0.0).expect("0 is a weight decay");
    let groups = Groups::new(layout.len(), [biases]).expect("the ranges are those of the layout");
    let mut optimizer = Optimizer::new(AdamW::new(), layout.len()).with_groups(groups).unwrap();
    if clip {
        optimizer = optimizer.with_transform(ClipByGlobalNorm::new(1.0).unwrap());
    }
    let mut stopwatch = Stopwatch { steps, start: Instant::now(), elapsed: Duration::ZERO };
    let result = Fit::new(optimizer, SoftmaxCrossEntropy)
        .sampling(Sampling::MiniBatch { size: batch, drop_last: true })
        .epochs(u64::MAX)
        .callback(&mut stopwatch)
        .run(&mut model, data);
    black_box(result.expect("the fit is stopped"));
    stopwatch.elapsed
}

fn steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("training step");
    group.throughput(Throughput::Elements(1));
    for (sizes, batch) in [(&[64, 64, 10][..], 32), (&[784, 256, 128, 10], 64)] {
        let rows = 64 * batch;
        let value = |i: usize| ((i % 1009) as f32 * 0.37).sin();
        let features = (0..rows * sizes[0]).map(value).collect();
        let labels = (0..rows).map(|i| i * 7 % 10).collect();
        let data = Dataset::classification(features, sizes[0], labels, 10).expect("sound data");
        for clip in [false, true] {
            let shape: Vec<String> = sizes.iter().map(usize::to_string).collect();
            let suffix = if clip { " clipped" } else { "" };
            let name = format!("{} batch {batch}{suffix}", shape.join("-"));
            group.bench_function(name, |bencher| {
                bencher.iter_custom(|iterations| time(sizes, batch, clip, &data, iterations));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, steps);
criterion_main!(benches);
