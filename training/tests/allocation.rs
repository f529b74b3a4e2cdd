//! A steady-state training step does not call the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use autodiff::tensor::Element;
use optimizers::{AdamW, ClipByGlobalNorm, Group, Groups, Optimizer};
use training::data::{Dataset, Sampling};
use training::{
    Accuracy, Activation, Callback, Dense, Dropout, Fit, FitContext, Loss, MeanSquaredError, Model,
    Residual, Sequential, SoftmaxCrossEntropy,
};

/// Counts the allocations of all threads.
struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);

fn count() {
    COUNT.fetch_add(1, Ordering::Relaxed);
}

// SAFETY: every call is passed on unchanged to the system's allocator.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Notes the number of allocations after each step, in a buffer made beforehand.
struct Watch {
    counts: Vec<u64>,
}

impl<T: Element> Callback<T> for Watch {
    fn name(&self) -> &'static str {
        "watch"
    }
    fn on_step_end(&mut self, _: &mut FitContext<'_, T>) -> training::Result<()> {
        self.counts.push(COUNT.load(Ordering::Relaxed));
        Ok(())
    }
}

const STEPS_PER_EPOCH: usize = 13;
const EPOCHS: usize = 4;

/// The numbers of allocations of the steps of the last epoch but its first, which follows the work
/// at the end of an epoch.
fn allocations<T: Element>(
    data: &Dataset<T>,
    network: Sequential<T>,
    loss: impl Loss<T>,
    accuracy: bool,
    piece: usize,
) -> Vec<u64> {
    let mut model = Model::new(network, &[data.feature_columns()], 0).unwrap();
    let layout = model.parameters().layout();
    let biases = Group::new("biases", layout.group_ranges("biases")).with_weight_decay(0.0);
    let groups = Groups::new(layout.len(), [biases.unwrap()]).unwrap();
    let optimizer = Optimizer::new(AdamW::new(), layout.len())
        .with_groups(groups)
        .unwrap()
        .with_transform(ClipByGlobalNorm::new(1.0).unwrap());
    let mut watch = Watch { counts: Vec::with_capacity(STEPS_PER_EPOCH * EPOCHS) };
    let mut fit = Fit::new(optimizer, loss)
        // 13 batches, the last of which is smaller.
        .sampling(Sampling::MiniBatch { size: 32, drop_last: false })
        .piece_size(piece)
        .unwrap()
        .epochs(EPOCHS as u64)
        .callback(&mut watch);
    if accuracy {
        fit = fit.metric(Accuracy);
    }
    fit.run(&mut model, data).unwrap();
    let last_epoch = &watch.counts[STEPS_PER_EPOCH * (EPOCHS - 1)..];
    last_epoch.windows(2).map(|pair| pair[1] - pair[0]).collect()
}

fn numbers<T: Element>(n: usize) -> Vec<T> {
    (0..n).map(|i| T::from_f64((i as f64 * 0.7).sin())).collect()
}

fn classifier() {
    let rows = 12 * 32 + 5;
    let labels = (0..rows).map(|i| i % 10).collect();
    let data = Dataset::<f32>::classification(numbers(rows * 64), 64, labels, 10).unwrap();
    for piece in [32, 10] {
        let network = Sequential::new()
            .add(Dense::new(64))
            .add(Activation::Relu)
            .add(Dropout::new(0.1))
            .add(Residual::new(Dense::new(64)))
            .add(Activation::Gelu)
            .add(Dense::new(10));
        let counts = allocations(&data, network, SoftmaxCrossEntropy, true, piece);
        assert_eq!(counts, [0; STEPS_PER_EPOCH - 1]);
    }
}

fn regression() {
    let rows = 12 * 32 + 5;
    let data = Dataset::<f64>::regression(numbers(rows * 4), 4, numbers(rows * 2), 2).unwrap();
    let network = Sequential::new().add(Dense::new(16)).add(Activation::Tanh).add(Dense::new(2));
    let counts = allocations(&data, network, MeanSquaredError, false, 32);
    assert_eq!(counts, [0; STEPS_PER_EPOCH - 1]);
}

// One test, because the allocations of tests that run side by side would be counted together.
#[test]
fn a_step_does_not_allocate() {
    let before = COUNT.load(Ordering::Relaxed);
    drop(std::hint::black_box(Box::new(1)));
    assert!(COUNT.load(Ordering::Relaxed) > before, "allocations are counted");
    classifier();
    regression();
}
