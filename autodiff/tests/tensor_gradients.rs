//! The derivatives of every tensor operation: first derivatives against central differences, second
//! and third ones, through the taped rules, against differences of lower ones; every way of asking
//! for a gradient against every other; single against double precision.

use autodiff::tensor::{
    Element, Tensor, gradient, hessian_vector_product, value_and_gradient, value_and_gradient_into,
};

/// An operation, the shapes of its operands and the interval from which their elements come.
struct Case<T: Element> {
    name: &'static str,
    shapes: &'static [&'static [usize]],
    interval: (f64, f64),
    f: fn(&[Tensor<T>]) -> Tensor<T>,
}

/// One row per operation; a new operation gets all tests by one row here.
fn cases<T: Element>() -> Vec<Case<T>> {
    const ALL: (f64, f64) = (-2.0, 2.0);
    const POSITIVE: (f64, f64) = (0.7, 2.5);
    macro_rules! rows {
        ($($name:literal $interval:ident [$($shape:expr),*] |$x:ident| $f:expr;)*) => {
            vec![$(
                Case { name: $name, shapes: &[$(&$shape),*], interval: $interval, f: |$x| $f }
            ),*]
        };
    }
    rows! {
        "relu" ALL [[3, 5]] |x| x[0].relu();
        "heaviside" ALL [[7]] |x| x[0].heaviside();
        "abs" ALL [[7]] |x| x[0].abs();
        "sign" ALL [[7]] |x| x[0].sign();
        "neg" ALL [[7]] |x| -&x[0];
        "square" ALL [[7]] |x| x[0].square();
        "recip" POSITIVE [[7]] |x| x[0].recip();
        "sqrt" POSITIVE [[7]] |x| x[0].sqrt();
        "exp" ALL [[7]] |x| x[0].exp();
        "ln" POSITIVE [[7]] |x| x[0].ln();
        "sin" ALL [[7]] |x| x[0].sin();
        "cos" ALL [[7]] |x| x[0].cos();
        "tanh" ALL [[33]] |x| x[0].tanh();
        "sigmoid" ALL [[33]] |x| x[0].sigmoid();
        "softplus" ALL [[7]] |x| x[0].softplus();
        "erf" ALL [[7]] |x| x[0].erf();
        "gelu" ALL [[7]] |x| x[0].gelu();
        "gelu_tanh" ALL [[7]] |x| x[0].gelu_tanh();
        "powi 3" ALL [[7]] |x| x[0].powi(3);
        "powi 1" ALL [[7]] |x| x[0].powi(1);
        "powi 0" ALL [[7]] |x| x[0].powi(0);
        "powi -2" POSITIVE [[7]] |x| x[0].powi(-2);
        "add" ALL [[2, 3], [2, 3]] |x| &x[0] + &x[1];
        "add a row" ALL [[4, 3], [3]] |x| &x[0] + &x[1];
        "add to a row" ALL [[3], [4, 3]] |x| &x[0] + &x[1];
        "sub" ALL [[2, 3], [2, 3]] |x| &x[0] - &x[1];
        "sub a column" ALL [[2, 3], [2, 1]] |x| &x[0] - &x[1];
        "mul" ALL [[2, 3], [2, 3]] |x| &x[0] * &x[1];
        "mul outer" ALL [[3, 1], [1, 4]] |x| &x[0] * &x[1];
        "mul by a scalar" ALL [[2, 3], []] |x| &x[0] * &x[1];
        "mul with itself" ALL [[2, 3]] |x| &x[0] * &x[0];
        "div" POSITIVE [[2, 3], [2, 3]] |x| &x[0] / &x[1];
        "div by a row" POSITIVE [[2, 3], [3]] |x| &x[0] / &x[1];
        "number operands" POSITIVE [[5]] |x| (&x[0] * T::from_f64(2.0) - T::ONE) / T::from_f64(3.0);
        "maximum" ALL [[2, 5], [5]] |x| x[0].maximum(&x[1]);
        "minimum" ALL [[2, 5], [2, 1]] |x| x[0].minimum(&x[1]);
        "matmul" ALL [[3, 4], [4, 2]] |x| x[0].matmul(&x[1]);
        "matmul_tn" ALL [[4, 3], [4, 2]] |x| x[0].matmul_tn(&x[1]);
        "matmul_nt" ALL [[3, 4], [2, 4]] |x| x[0].matmul_nt(&x[1]);
        "matmul_tt" ALL [[4, 3], [2, 4]] |x| x[0].matmul_tt(&x[1]);
        "matmul with itself" ALL [[3, 3]] |x| x[0].matmul(&x[0]);
        "stacks" ALL [[2, 3, 4], [2, 4, 2]] |x| x[0].matmul(&x[1]);
        "stacks, tn" ALL [[2, 4, 3], [2, 4, 2]] |x| x[0].matmul_tn(&x[1]);
        "stacks, nt" ALL [[2, 3, 4], [2, 2, 4]] |x| x[0].matmul_nt(&x[1]);
        "stacks, tt" ALL [[2, 4, 3], [2, 2, 4]] |x| x[0].matmul_tt(&x[1]);
        "a stack and a matrix" ALL [[2, 3, 4], [4, 2]] |x| x[0].matmul(&x[1]);
        "a matrix and a stack" ALL [[3, 4], [2, 4, 2]] |x| x[0].matmul(&x[1]);
        "a transposed stack and a matrix" ALL [[2, 4, 3], [4, 2]] |x| x[0].matmul_tn(&x[1]);
        "stretched stacks" ALL [[2, 1, 2, 3], [3, 3, 2]] |x| x[0].matmul(&x[1]);
        "linear" ALL [[3, 4], [4, 2], [2]] |x| x[0].linear(&x[1], Some(&x[2]));
        "linear without bias" ALL [[3, 4], [4, 2]] |x| x[0].linear(&x[1], None);
        "linear of a stack" ALL [[2, 3, 4], [4, 2], [2]] |x| x[0].linear(&x[1], Some(&x[2]));
        "sum" ALL [[2, 3]] |x| x[0].sum();
        "mean" ALL [[2, 3]] |x| x[0].mean();
        "sum of the first axis" ALL [[2, 3, 4]] |x| x[0].sum_axes(&[0], false);
        "sum of the last axis" ALL [[2, 3, 4]] |x| x[0].sum_axes(&[2], true);
        "sum of outer axes" ALL [[2, 3, 4]] |x| x[0].sum_axes(&[0, 2], false);
        "mean of the middle axis" ALL [[2, 3, 4]] |x| x[0].mean_axes(&[1], false);
        "broadcast_to" ALL [[3, 1]] |x| x[0].broadcast_to(&[2, 3, 4]);
        "reshape" ALL [[2, 6]] |x| x[0].reshape(&[3, 4]);
        "view" ALL [[12]] |x| x[0].view(3..9, &[2, 3]);
        "overlapping views" ALL [[6]] |x| x[0].view(0..4, &[4]) * x[0].view(2..6, &[4]);
        "views of a result" ALL [[6]] |x| {
            let y = x[0].square();
            y.view(0..3, &[3]) * y.view(3..6, &[3]) + y.view(0..3, &[3])
        };
        "view of a view" ALL [[4, 5]] |x| x[0].rows(1..3).reshape(&[10]).view(2..8, &[6]);
        "rows" ALL [[4, 3]] |x| x[0].rows(1..3);
        "narrow" ALL [[2, 5, 3]] |x| x[0].narrow(1, 1..3);
        "concatenate" ALL [[2, 3], [2, 2]] |x| x[0].concatenate(&x[1], 1);
        "gather_rows" ALL [[4, 3]] |x| x[0].gather_rows(&[2, 0, 2]);
        "max_axis" ALL [[3, 4]] |x| x[0].max_axis(0);
        "max" ALL [[3, 4]] |x| x[0].max();
        "transpose" ALL [[3, 4]] |x| x[0].transpose();
        "permute" ALL [[2, 3, 4]] |x| x[0].permute(&[2, 0, 1]);
        "softmax" ALL [[3, 5]] |x| x[0].softmax(1);
        "softmax of the first axis" ALL [[3, 5]] |x| x[0].softmax(0);
        "softmax of the middle axis" ALL [[2, 3, 2]] |x| x[0].softmax(1);
        "log_softmax" ALL [[3, 5]] |x| x[0].log_softmax(1);
        "log_softmax of the first axis" ALL [[3, 5]] |x| x[0].log_softmax(0);
        "softmax_cross_entropy" ALL [[3, 5]] |x| x[0].softmax_cross_entropy(&[4, 0, 0]);
        "binary cross-entropy" ALL [[3, 5], [3, 5]]
            |x| x[0].binary_cross_entropy_with_logits(&x[1]);
        "dropout" ALL [[3, 5]] |x| {
            let mut draw = 0.0;
            x[0].dropout(0.4, || { draw = (draw + 0.377) % 1.0; draw })
        };
        "mean squared error" ALL [[3, 2], [3, 2]] |x| (&x[0] - &x[1]).square().mean();
        "attention" ALL [[3, 2], [4, 2], [4, 3]] |x| {
            let scores = x[0].matmul_nt(&x[1]) / T::from_f64(2.0_f64.sqrt());
            scores.softmax(1).matmul(&x[2])
        };
        "layer norm" ALL [[3, 6], [6], [6]] |x| {
            let centred = &x[0] - x[0].mean_axes(&[1], true);
            let variance = centred.square().mean_axes(&[1], true);
            centred / (variance + T::from_f64(1e-5)).sqrt() * &x[1] + &x[2]
        };
    }
}

/// Numbers from an interval, the same in every run, at least 0.02 away from the kinks at 0.
fn operands<T: Element>(case: &Case<T>) -> Vec<Tensor<T>> {
    let (low, high) = case.interval;
    let mut state = 12345_u64;
    let mut next = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let x = low + (high - low) * ((state >> 33) as f64 / (1_u64 << 31) as f64);
        if x.abs() < 0.02 { 0.02 + x.abs() } else { x }
    };
    case.shapes.iter().map(|shape| Tensor::from_fn(shape, |_| T::from_f64(next()))).collect()
}

/// A number that depends on every element of the result in a curved way, so that linear operations
/// have second derivatives too.
fn loss<T: Element>(case: &Case<T>) -> impl Fn(&[Tensor<T>]) -> Tensor<T> + Copy {
    let f = case.f;
    move |x| {
        let y = f(x);
        let weights = Tensor::from_fn(y.shape(), |i| T::from_f64(0.3 + 0.1 * ((i * 5 % 7) as f64)));
        (y.sin() * weights).sum()
    }
}

#[track_caller]
fn assert_close(name: &str, found: &[f64], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{name}");
    let scale = expected.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
    for (i, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() <= tolerance * scale, "{name}[{i}]: {a} instead of {b}");
    }
}

/// `(f(x + h d) - f(x - h d)) / 2h` for a function with several results.
fn difference(
    x: &[Tensor<f64>],
    d: &[Tensor<f64>],
    h: f64,
    f: impl Fn(&[Tensor<f64>]) -> Vec<f64>,
) -> Vec<f64> {
    let moved = |h: f64| x.iter().zip(d).map(|(x, d)| x + d * h).collect::<Vec<_>>();
    let (ahead, behind) = (f(&moved(h)), f(&moved(-h)));
    ahead.iter().zip(behind).map(|(a, b)| (a - b) / (2.0 * h)).collect()
}

fn flat<T: Element>(tensors: &[Tensor<T>]) -> Vec<f64> {
    tensors.iter().flat_map(|t| t.as_slice().iter().map(|x| x.to_f64())).collect()
}

// Central differences with h = 1e-5 are off by h^2 / 6 times the third derivative, which is below
// 100 here, and by epsilon / h = 2e-11: 2e-9 of the largest component.
const STEP: f64 = 1e-5;
const TOLERANCE: f64 = 5e-9;

#[test]
fn gradients_agree_with_differences() {
    for case in cases::<f64>() {
        let (x, f) = (operands(&case), loss(&case));
        let found = flat(&gradient(f, &x));
        let mut expected = Vec::new();
        for (i, input) in x.iter().enumerate() {
            for j in 0..input.len() {
                let mut direction: Vec<_> = x.iter().map(|x| Tensor::zeros(x.shape())).collect();
                direction[i].make_mut()[j] = 1.0;
                expected.extend(difference(&x, &direction, STEP, |x| vec![f(x).item()]));
            }
        }
        assert_close(case.name, &found, &expected, TOLERANCE);
    }
}

#[test]
fn second_derivatives_agree_with_differences_of_gradients() {
    for case in cases::<f64>() {
        let (x, f) = (operands(&case), loss(&case));
        let direction: Vec<_> = x
            .iter()
            .map(|x| Tensor::from_fn(x.shape(), |i| ((i * 3 % 5) as f64 - 1.8) / 2.0))
            .collect();
        let found = flat(&hessian_vector_product(f, &x, &direction));
        let expected = difference(&x, &direction, STEP, |x| flat(&gradient(f, x)));
        assert_close(case.name, &found, &expected, TOLERANCE);
    }
}

#[test]
fn third_derivatives_agree_with_differences() {
    for case in cases::<f64>() {
        let (x, f) = (operands(&case), loss(&case));
        let direction: Vec<_> = x
            .iter()
            .map(|x| Tensor::from_fn(x.shape(), |i| ((i * 3 % 5) as f64 - 1.8) / 4.0))
            .collect();
        let squared = |x: &[Tensor<f64>]| {
            let hv = hessian_vector_product(f, x, &direction);
            hv.iter().map(|h| h.square().sum()).reduce(|a, b| a + b).expect("there is an input")
        };
        let (value, slope) = value_and_gradient(squared, &x);
        let along: f64 = slope.iter().zip(&direction).map(|(g, d)| (g * d).sum().item()).sum();
        let expected = difference(&x, &direction, STEP, |x| vec![squared(x).item()]);
        assert!(value.item().is_finite());
        assert_close(case.name, &[along], &expected, 1e-7);
    }
}

/// The fused kernels of an outermost sweep and the rules of a recorded one compute the same.
#[test]
fn taped_and_untaped_sweeps_agree() {
    for case in cases::<f64>() {
        let (x, f) = (operands(&case), loss(&case));
        let expected = flat(&gradient(f, &x));
        let mut found = Vec::new();
        gradient(
            |x| {
                let inner = gradient(f, x);
                found = flat(&inner);
                inner[0].sum()
            },
            &x,
        );
        assert_close(case.name, &found, &expected, 1e-13);
    }
}

/// Operands that are views of one flat vector; used twice, so that adjoints are added.
#[test]
fn the_flat_gradient_agrees() {
    for case in cases::<f64>() {
        let (x, f) = (operands(&case), loss(&case));
        let twice = |x: &[Tensor<f64>]| f(x) + f(x) * 0.5;
        let (value, expected) = value_and_gradient(twice, &x);
        // Gaps before, between and after the operands.
        let mut parameters = vec![7.0];
        let mut ranges = Vec::new();
        for x in &x {
            ranges.push(parameters.len()..parameters.len() + x.len());
            parameters.extend_from_slice(x.as_slice());
            parameters.extend([7.0; 2]);
        }
        let parameters = Tensor::from_slice(&parameters, &[parameters.len()]).unwrap();
        let mut found = vec![f64::NAN; parameters.len()];
        let views = |p: &Tensor<f64>| -> Vec<_> {
            ranges.iter().zip(&x).map(|(r, x)| p.view(r.clone(), x.shape())).collect()
        };
        let again = value_and_gradient_into(
            |p| {
                let unused = p.view(0..1, &[1]);
                assert!(unused.is_recorded());
                f(&views(p)) + f(&views(p)) * 0.5
            },
            &parameters,
            &mut found,
        );
        assert_eq!(again, value.item(), "{}", case.name);
        for (range, g) in ranges.iter().zip(&expected) {
            assert_close(case.name, &found[range.clone()], g.as_slice(), 1e-13);
        }
        let inside = |i: usize| ranges.iter().any(|r| r.contains(&i));
        assert!((0..found.len()).all(|i| inside(i) || found[i] == 0.0), "{}", case.name);
    }
}

#[test]
fn single_precision_agrees_with_double() {
    for (single, double) in cases::<f32>().iter().zip(cases::<f64>()) {
        let x = operands(single);
        let wide: Vec<_> =
            x.iter().map(|x| Tensor::from_fn(x.shape(), |i| f64::from(x.as_slice()[i]))).collect();
        let (value, g) = value_and_gradient(loss(single), &x);
        let (exact, exact_g) = value_and_gradient(loss(&double), &wide);
        // About a hundred operations, each with half an epsilon.
        assert_close(single.name, &[value.item().into()], &[exact.item()], 1e-5);
        assert_close(single.name, &flat(&g), &flat(&exact_g), 1e-5);
    }
}
