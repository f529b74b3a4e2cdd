//! A replayed gradient does not call the allocator.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use autodiff::{
    Function, Primitive, Rows, Var, apply_primitive, gradient, map_over, scan, scan_checkpointed,
    sum_over, vector,
};
use calculus_core::Real;

struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
    static BYTES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call is passed on to the system allocator unchanged; counting touches
// thread-local integers that need no allocation and no destructor.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.set(CALLS.get() + 1);
        BYTES.set(BYTES.get() + layout.size());
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
fn a_gradient_recorded_again_reuses_the_memory_of_the_last() {
    let powers = |x: &[Var]| (0..5000).map(|k| (x[0] * f64::from(k % 7)).sin() * x[1]).sum::<Var>();
    let first = gradient(powers, &[0.3, 0.4]);
    let before = CALLS.get();
    let second = gradient(powers, &[0.3, 0.4]);
    // The point, the variables, the output and the result: nothing for the 20,000 operations.
    assert!(CALLS.get() - before <= 5, "{}", CALLS.get() - before);
    assert_eq!(first, second);
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

/// What value, gradient, Hessian-vector and Jacobian-vector products of a function allocate once each
/// has run, at the given points.
fn allocations(f: impl Fn(&[Var]) -> Var, points: [&[f64]; 2]) -> usize {
    let n = points[0].len();
    let (mut g, mut product, mut moved) = (vec![0.0; n], vec![0.0; n], [0.0]);
    let mut function = Function::new(f, points[0]);
    let mut round = |x: &[f64]| {
        function.value(x);
        function.value_and_gradient(x, &mut g);
        function.vjp(x, &[2.0], &mut product);
        function.hvp(x, points[0], &mut product);
        function.jvp(x, points[0], &mut moved);
    };
    points.into_iter().for_each(&mut round);
    let before = CALLS.get();
    points.into_iter().for_each(&mut round);
    CALLS.get() - before
}

/// The squares of its inputs.
struct Squares;

impl Primitive for Squares {
    fn name(&self) -> &str {
        "squares"
    }
    fn outputs(&self, inputs: usize) -> usize {
        inputs
    }
    fn value(&self, x: &[f64], y: &mut [f64]) {
        y.iter_mut().zip(x).for_each(|(y, x)| *y = x * x);
    }
    fn pushforward(&self, x: &[f64], dx: &[f64], _: &[f64], dy: &mut [f64]) {
        dy.iter_mut().zip(x).zip(dx).for_each(|((dy, x), dx)| *dy = 2.0 * x * dx);
    }
    fn pullback(&self, x: &[f64], _: &[f64], g: &[f64], gx: &mut [f64]) {
        gx.iter_mut().zip(x).zip(g).for_each(|((gx, x), g)| *gx = 2.0 * x * g);
    }
    fn pullback_pushforward(
        &self,
        x: &[f64],
        dx: &[f64],
        _: &[f64],
        g: &[f64],
        dg: &[f64],
        dgx: &mut [f64],
    ) {
        for (i, dgx) in dgx.iter_mut().enumerate() {
            *dgx = 2.0 * (dx[i] * g[i] + x[i] * dg[i]);
        }
    }
}

#[test]
fn blocks_do_not_allocate_once_they_have_run() {
    let n = 100;
    let x: Vec<f64> = (0..n).map(|i| 0.5 + (i as f64).sin() / 4.0).collect();
    let y: Vec<f64> = x.iter().rev().map(|x| x + 0.125).collect();
    let functions: [(&str, fn(&[Var]) -> Var); 17] = [
        ("sum", |x| vector::sum(x) * x[0]),
        ("dot", |x| vector::dot(&x[..50], &x[50..])),
        ("dot of places that are apart", |x| {
            let (a, b): (Vec<Var>, Vec<Var>) = x.chunks(2).map(|x| (x[0], x[1])).unzip();
            vector::dot(&a, &b)
        }),
        ("squared_norm", vector::squared_norm),
        ("norm", vector::norm),
        ("log_sum_exp", vector::log_sum_exp),
        ("softmax", |x| vector::softmax(x)[3]),
        ("maximum", vector::maximum),
        ("minimum", |x| vector::minimum(x).exp()),
        ("a primitive", |x| vector::sum(&apply_primitive(Arc::new(Squares), x)) * x[1]),
        ("sum_over", |x| {
            sum_over(&Rows::new(99).variables(&x[..99]), |row| (row[0] * x[99]).exp())
        }),
        ("sum_over of decisions", |x| {
            sum_over(&Rows::new(100).variables(x), |row| {
                if row[0] > 0.5 { row[0].exp() } else { row[0] * row[0] }
            })
        }),
        ("sum_over of few rows", |x| {
            sum_over(&Rows::new(2).variables(&x[..2]), |row| row[0].exp() * x[3])
        }),
        ("map_over", |x| {
            let rows = Rows::new(50).variables(x);
            vector::log_sum_exp(&map_over(&rows, |row| row[0] * row[1].sin()))
        }),
        ("nested", |x| {
            let rows = Rows::new(10).variables(&x[..10]);
            sum_over(&rows, |outer| {
                let inner = Rows::new(90).variables(&x[10..]);
                sum_over(&inner, |row| (row[0] * outer[0]).sin()).exp()
            })
        }),
        ("scan", |x| {
            let last = scan(&Rows::new(98).variables(&x[2..]), &x[..2], |s, row| {
                vec![s[0] * 0.5 + row[0] * s[1], s[1].sin()]
            });
            last[0] + last[1]
        }),
        ("scan_checkpointed", |x| {
            let last =
                scan_checkpointed(&Rows::new(98).variables(&x[2..]), &x[..2], 7, |s, row| {
                    vec![s[0] * 0.5 + row[0] * s[1], s[1].sin()]
                });
            last[0] + last[1]
        }),
    ];
    let counted: Vec<(&str, usize)> =
        functions.into_iter().map(|(name, f)| (name, allocations(f, [&x, &y]))).collect();
    let allocating: Vec<_> = counted.into_iter().filter(|(_, count)| *count > 0).collect();
    assert_eq!(allocating, []);
}

#[test]
fn few_checkpoints_take_little_memory() {
    let f = |x: &[Var]| {
        let step = |s: &[Var], _: &[Var]| vec![s[0] + 1e-6 * (x[1] * s[0]).sin()];
        scan_checkpointed(&Rows::new(1_000_000), &x[..1], 20, step)[0]
    };
    let mut function = Function::new(f, &[0.1, 0.7]);
    let mut g = [0.0; 2];
    let before = BYTES.get();
    function.gradient(&[0.1, 0.7], &mut g);
    assert!(BYTES.get() - before < 1 << 14, "{} bytes", BYTES.get() - before);
    assert!(g[0] > 1.0);
}
