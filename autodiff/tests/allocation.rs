//! A replayed gradient does not call the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use autodiff::{Function, Var};
use calculus_core::Real;

struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system allocator unchanged; counting touches a
// thread-local integer that needs no allocation and no destructor.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.set(CALLS.get() + 1);
        // SAFETY: the caller's promise about `layout` is passed on.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise about `pointer` and `layout` is passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        CALLS.set(CALLS.get() + 1);
        // SAFETY: the caller's promise about `pointer`, `layout` and `size` is passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn replayed_derivatives_do_not_allocate() {
    let n = 50;
    let rosenbrock = |x: &[Var]| -> Var {
        x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).sum()
    };
    let mut x = vec![0.5; n];
    let (mut g, mut product, mut h) = (vec![0.0; n], vec![0.0; n], vec![0.0; n * n]);
    let mut function = Function::new(rosenbrock, &x);
    let mut round = |function: &mut Function<_>, x: &[f64]| {
        function.value_and_gradient(x, &mut g);
        function.hvp(x, &[1.0; 50], &mut product);
        function.hessian(x, &mut h);
    };
    round(&mut function, &x);
    let before = CALLS.get();
    for k in 0..10 {
        x[k] += 0.1;
        round(&mut function, &x);
    }
    assert_eq!(CALLS.get() - before, 0);
}

#[test]
fn sparse_derivatives_do_not_allocate() {
    let n = 50;
    let terms = |x: &[Var]| -> Vec<Var> {
        x.windows(2).map(|w| 100.0 * (w[1] - w[0] * w[0]).powi(2) + (1.0 - w[0]).powi(2)).collect()
    };
    let mut x = vec![0.5; n];
    let mut jacobian = Function::new(terms, &x).sparse_jacobian();
    let mut hessian =
        Function::new(|x: &[Var]| terms(x).into_iter().sum::<Var>(), &x).sparse_hessian();
    let mut round = |x: &[f64]| {
        jacobian.evaluate(x);
        hessian.evaluate(x);
    };
    round(&x);
    let before = CALLS.get();
    for k in 0..10 {
        x[k] += 0.1;
        round(&x);
    }
    assert_eq!(CALLS.get() - before, 0);
}
