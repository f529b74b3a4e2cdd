//! A training step in its steady state does not call the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use autodiff::tensor::{Element, Tensor, value_and_gradient_into};

/// Counts the allocations of the thread that asks for them.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every method hands its arguments to the system allocator unchanged; counting neither
// allocates (the cell is constant-initialised and needs no destructor) nor touches the memory.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
        // SAFETY: the caller's contract is the system allocator's.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(f: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    f();
    ALLOCATIONS.get() - before
}

/// Steps of stochastic gradient descent on a network with the given layer widths.
fn allocations_of_steps<T: Element>(widths: &[usize], batch: usize, classes: bool) -> usize {
    let count: usize = widths.windows(2).map(|w| w[0] * w[1] + w[1]).sum();
    let mut parameters = Tensor::from_fn(&[count], |i| T::from_f64(((i * 37) % 19) as f64 / 200.0));
    let mut gradient = vec![T::ZERO; count];
    let data = Tensor::from_fn(&[4 * batch, widths[0]], |i| T::from_usize(i % 7));
    let labels: Vec<usize> = (0..batch).map(|i| i % widths[widths.len() - 1]).collect();
    let order: Vec<usize> = (0..batch).map(|i| (i * 3) % (4 * batch)).collect();
    let mut step = || {
        let x = data.gather_rows(&order);
        let loss = value_and_gradient_into(
            |p| {
                let (mut h, mut at) = (x.clone(), 0);
                for (layer, w) in widths.windows(2).enumerate() {
                    let weight = p.view(at..at + w[0] * w[1], &[w[0], w[1]]);
                    at += w[0] * w[1];
                    let bias = p.view(at..at + w[1], &[w[1]]);
                    at += w[1];
                    h = h.linear(&weight, Some(&bias));
                    if layer + 2 < widths.len() {
                        h = if layer == 0 { h.relu() } else { h.gelu().dropout(0.1, || 0.5) };
                    }
                }
                if classes {
                    h.softmax_cross_entropy(&labels)
                } else {
                    let norm = p.square().sum();
                    (h.softmax(1).ln() * T::from_f64(-0.5)).sum_axes(&[1], false).mean() + norm
                }
            },
            &parameters,
            &mut gradient,
        );
        assert!(loss.is_finite());
        let rate = T::from_f64(1e-3);
        for (p, &g) in parameters.make_mut().iter_mut().zip(&gradient) {
            *p -= rate * g;
        }
    };
    // The first steps fill the pool.
    step();
    step();
    allocations(|| (0..5).for_each(|_| step()))
}

#[test]
fn a_classifier_step_does_not_allocate() {
    assert_eq!(allocations_of_steps::<f32>(&[64, 64, 10], 32, true), 0);
    assert_eq!(allocations_of_steps::<f64>(&[20, 30, 20, 5], 16, true), 0);
}

#[test]
fn a_step_with_other_operations_does_not_allocate() {
    assert_eq!(allocations_of_steps::<f32>(&[12, 16, 8, 3], 10, false), 0);
}

#[test]
fn a_large_step_does_not_allocate() {
    assert_eq!(allocations_of_steps::<f32>(&[784, 256, 128, 10], 64, true), 0);
}
