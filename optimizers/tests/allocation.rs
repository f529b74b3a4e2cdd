//! A step of an optimizer does not call the allocator.
#![allow(unsafe_code)] // a global allocator cannot be written without

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use optimizers::{
    Adam, AdamW, ClipByGlobalNorm, ClipByValue, DecoupledWeightDecay, Group, Groups, L1, L2,
    Optimizer, Sgd, UpdateRule,
};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, with a count of the calls of each thread.
struct Counting;

// SAFETY: every call is handed on unchanged to the system's allocator; counting neither allocates
// nor panics, the cell being constant-initialised and without a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the contract of `alloc` is the caller's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the contract of `dealloc` is the caller's.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: the contract of `realloc` is the caller's.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations(f: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.with(Cell::get);
    f();
    ALLOCATIONS.with(Cell::get) - before
}

#[test]
fn steps_allocate_nothing() {
    assert!(allocations(|| drop(std::hint::black_box(Box::new(1)))) > 0, "the allocator counts");
    let n = 5_000;
    let momentum = || Sgd::new().with_momentum(0.9).unwrap();
    let rules: [Box<dyn UpdateRule<f32>>; 6] = [
        Box::new(Sgd::new()),
        Box::new(momentum().with_nesterov().unwrap()),
        Box::new(Adam::new()),
        Box::new(Adam::new().with_amsgrad()),
        Box::new(AdamW::new()),
        Box::new(DecoupledWeightDecay::new(momentum(), 0.1).unwrap()),
    ];
    for rule in rules {
        let name = rule.name();
        let groups = Groups::new(
            n,
            [
                Group::new("biases", [100..200, 4_000..4_100]).with_weight_decay(0.0).unwrap(),
                Group::contiguous("frozen", 300..400).frozen(),
            ],
        );
        let mut optimizer = Optimizer::new(rule, n)
            .with_groups(groups.unwrap())
            .unwrap()
            .with_transform(L1::new(1e-4).unwrap())
            .with_transform(L2::new(1e-4).unwrap())
            .with_transform(ClipByGlobalNorm::new(1.0).unwrap())
            .with_transform(ClipByValue::new(0.1).unwrap());
        let mut parameters = vec![1.0; n];
        let mut gradient: Vec<f32> = (0..n).map(|i| (i as f32).sin()).collect();
        let count = allocations(|| {
            for _ in 0..10 {
                optimizer.step(0.01, &mut parameters, &mut gradient).unwrap();
            }
        });
        assert_eq!(count, 0, "{name}");
    }
}
