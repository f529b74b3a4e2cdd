//! Functions on several threads, their products with vectors, and their gradients as functions.
//!
//! Small enough for Miri, as are the tests of the recording and the interpreter in the library:
//!
//! ```text
//! export MIRIFLAGS="-Zmiri-disable-isolation -Zmiri-deterministic-floats" PROPTEST_CASES=4
//! cargo +nightly miri test -p autodiff --lib -- graph::
//! cargo +nightly miri test -p autodiff --test graph functions::
//! ```

use autodiff::{Function, Var};
use calculus_core::Real;

fn is_send_and_sync<T: Send + Sync>(_: &T) {}

fn branching<T: Real>(x: &[T]) -> T {
    if x[0] > 0.0 { x[0].sin() * x[1] } else { x[0] * x[1].powi(3) }
}

#[test]
fn a_function_is_shared_between_threads_and_each_clone_records_for_itself() {
    let scale = [2.0; 3]; // captured by reference, so that the closure itself is not 'static
    let f = |x: &[Var]| branching(x) * scale[0];
    let function = Function::new(f, &[1.0, 2.0]);
    is_send_and_sync(&function);
    let results: Vec<_> = std::thread::scope(|scope| {
        let spawn = |x: f64| {
            let mut function = function.clone();
            scope.spawn(move || {
                let mut g = [0.0; 2];
                (0..40).for_each(|_| function.gradient(&[x, 0.5], &mut g));
                (g, function.recordings())
            })
        };
        let threads: Vec<_> = [1.0, -1.0, 2.0, -3.0].map(spawn).into_iter().collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    for (x, (g, recordings)) in [1.0_f64, -1.0, 2.0, -3.0].into_iter().zip(results) {
        let expected = if x > 0.0 { [x.cos(), 2.0 * x.sin()] } else { [0.25, 1.5 * x] };
        assert_eq!(recordings, if x > 0.0 { 1 } else { 2 });
        assert!((g[0] - expected[0]).abs() < 1e-15 && (g[1] - expected[1]).abs() < 1e-15);
    }
    assert_eq!(function.recordings(), 1);
}

#[test]
fn a_clone_of_a_function_that_cannot_be_cloned() {
    struct NotClone(f64);
    let factor = NotClone(3.0);
    let mut first = Function::new(move |x: &[Var]| x[0] * factor.0, &[1.0]);
    let mut second = first.clone();
    assert_eq!(first.value(&[2.0]) + second.value(&[4.0]), 18.0);
}

#[test]
fn jacobian_vector_products() {
    let f = |x: &[Var]| [x[0] * x[1], x[1].exp(), x[0] - x[1]];
    let mut function = Function::new(f, &[1.0, 1.0]);
    let mut product = [0.0; 3];
    function.jvp(&[2.0, 0.0], &[1.0, 3.0], &mut product);
    assert_eq!(product, [6.0, 3.0, -2.0]);
}

#[test]
#[should_panic(expected = "the function has 3 outputs")]
fn a_product_of_another_length_panics() {
    let f = |x: &[Var]| [x[0], x[0], x[0]];
    Function::new(f, &[1.0]).jvp(&[2.0], &[1.0], &mut [0.0]);
}

#[test]
fn gradients_as_functions_to_the_third_order() {
    let f = Function::new(|x: &[Var]| x[0].sin() * x[0].exp(), &[0.1]);
    let first = f.gradient_function();
    let second = first.gradient_function();
    let mut third = second.gradient_function();
    for x in [0.4_f64, -2.0, 0.0] {
        let expected = 2.0 * x.exp() * (x.cos() - x.sin());
        assert!((third.value(&[x]) - expected).abs() < 1e-14);
    }
    assert_eq!(third.recordings(), 1);
}

#[test]
fn the_gradient_as_a_function_follows_the_branches() {
    let mut function = Function::new(branching, &[1.0, 2.0]);
    let mut gradient = function.gradient_function();
    for x in [[0.5, 1.5], [-0.5, 1.5], [2.0, -1.0], [-2.0, -1.0]] {
        let (mut g, mut values, mut hessian) = ([0.0; 2], [0.0; 2], [0.0; 4]);
        function.gradient(&x, &mut g);
        gradient.values(&x, &mut values);
        assert_eq!(g, values);
        function.hessian(&x, &mut hessian);
        let jacobian = gradient.jacobian(&x);
        for (k, entry) in hessian.iter().enumerate() {
            assert!((jacobian[(k / 2, k % 2)] - entry).abs() < 1e-15);
        }
    }
    assert_eq!(gradient.recordings(), 4);
}

#[test]
#[should_panic(expected = "a gradient is of a function with one output")]
fn the_gradient_of_two_outputs_panics() {
    Function::new(|x: &[Var]| [x[0], x[0]], &[1.0]).gradient_function();
}

/// The determinant by expansion along the first row, as a plain recursion.
fn determinant<T: Real>(a: &[T], n: usize, row: usize, columns: &[usize]) -> T {
    if let [column] = columns {
        return a[row * n + column];
    }
    let mut sum = T::from(0.0);
    for (k, &column) in columns.iter().enumerate() {
        let others: Vec<usize> = columns.iter().copied().filter(|&c| c != column).collect();
        let term = a[row * n + column] * determinant(a, n, row + 1, &others);
        if k % 2 == 0 { sum += term } else { sum -= term }
    }
    sum
}

#[test]
fn a_graph_that_simplifies_is_replayed_in_its_smaller_form_and_shown_as_recorded() {
    let n = 5;
    let columns: Vec<usize> = (0..n).collect();
    let x: Vec<f64> = (0..n * n).map(|i| ((i * i) as f64).sin()).collect();
    let mut function = Function::new(|a: &[Var]| determinant(a, n, 0, &columns), &x);
    let (mut g, mut product) = (vec![0.0; n * n], vec![0.0; n * n]);
    assert_eq!(function.value_and_gradient(&x, &mut g), determinant(&x, n, 0, &columns));
    // Euler: a determinant is homogeneous of degree n.
    let euler: f64 = x.iter().zip(&g).map(|(x, g)| x * g).sum();
    assert!((euler - n as f64 * function.value(&x)).abs() < 1e-13);
    function.hvp(&x, &x, &mut product);
    for (product, g) in product.iter().zip(&g) {
        assert!((product - (n as f64 - 1.0) * g).abs() < 1e-13);
    }
    assert!(function.graph().len() > 2 * function.graph().simplified().len());
}
