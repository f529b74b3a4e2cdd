//! Identities that hold for all operands, and operands at the edge: no elements, one element,
//! infinities and NaN.

use autodiff::tensor::{Tensor, gradient};
use proptest::prelude::*;

/// Every pair of shapes up to three axes of extent 0 to 3, against the definition.
#[test]
fn arithmetic_on_every_pair_of_small_shapes() {
    let mut shapes: Vec<Vec<usize>> = vec![vec![]];
    for a in 0..4 {
        shapes.push(vec![a]);
        for b in 0..4 {
            shapes.push(vec![a, b]);
            shapes.push(vec![a, 1, b]);
        }
    }
    let mut fitting = 0;
    for a in &shapes {
        for b in &shapes {
            let rank = a.len().max(b.len());
            let extent = |s: &Vec<usize>, axis: usize| {
                if axis + s.len() >= rank { s[axis + s.len() - rank] } else { 1 }
            };
            let fits = (0..rank).all(|i| {
                let (m, n) = (extent(a, i), extent(b, i));
                m == n || m == 1 || n == 1
            });
            let x = Tensor::from_fn(a, |i| i as f64 + 1.0);
            let y = Tensor::from_fn(b, |i| 10.0 * i as f64 - 3.5);
            if !fits {
                assert!(std::panic::catch_unwind(|| &x - &y).is_err(), "{a:?} {b:?}");
                continue;
            }
            fitting += 1;
            let z = &x - &y;
            let shape: Vec<usize> = (0..rank)
                .map(|i| if extent(a, i) == 1 { extent(b, i) } else { extent(a, i) })
                .collect();
            assert_eq!(z.shape(), shape);
            let position = |s: &Vec<usize>, mut index: usize| {
                let (mut result, mut stride) = (0, 1);
                for axis in (0..rank).rev() {
                    let i = index % shape[axis];
                    index /= shape[axis];
                    if extent(s, axis) != 1 {
                        result += i * stride;
                    }
                    stride *= extent(s, axis);
                }
                result
            };
            let mut counts = (vec![0.0; x.len()], vec![0.0; y.len()]);
            for (i, &found) in z.as_slice().iter().enumerate() {
                let (j, k) = (position(a, i), position(b, i));
                assert_eq!(found, x.as_slice()[j] - y.as_slice()[k]);
                counts.0[j] += 1.0;
                counts.1[k] -= 1.0;
            }
            // The derivative of the sum is how often each element was used.
            let g = gradient(|v| (&v[0] - &v[1]).sum(), &[x, y]);
            assert_eq!(g[0].as_slice(), counts.0, "{a:?} {b:?}");
            assert_eq!(g[1].as_slice(), counts.1, "{a:?} {b:?}");
        }
    }
    assert!(fitting > 300, "{fitting}");
}

#[test]
fn tensors_without_elements() {
    let empty = Tensor::<f64>::zeros(&[0, 3]);
    assert_eq!(empty.sum().item(), 0.0);
    assert!(empty.mean().item().is_nan());
    assert_eq!(empty.sum_axes(&[0], false).as_slice(), [0.0; 3]);
    assert_eq!(empty.sum_axes(&[1], true).shape(), [0, 1]);
    assert_eq!(empty.relu().shape(), [0, 3]);
    assert_eq!(empty.softmax(1).shape(), [0, 3]);
    assert_eq!(empty.softmax(0).shape(), [0, 3]);
    assert_eq!(empty.transpose().shape(), [3, 0]);
    assert_eq!(empty.permute(&[1, 0]).shape(), [3, 0]);
    assert_eq!(empty.reshape(&[3, 0, 2]).shape(), [3, 0, 2]);
    assert_eq!(empty.gather_rows(&[]).shape(), [0, 3]);
    assert_eq!(empty.narrow(1, 1..2).shape(), [0, 1]);
    assert_eq!(empty.concatenate(&Tensor::ones(&[1, 3]), 0).as_slice(), [1.0; 3]);
    assert!(empty.softmax_cross_entropy(&[]).item().is_nan());
    assert!(empty.binary_cross_entropy_with_logits(&empty).item().is_nan());
    assert_eq!(empty.argmax(1), Vec::<usize>::new());
    // An inner extent of 0: a sum without terms.
    assert_eq!(empty.matmul_tn(&Tensor::zeros(&[0, 2])), Tensor::zeros(&[3, 2]));
    assert_eq!(empty.matmul(&Tensor::zeros(&[3, 2])).shape(), [0, 2]);
    let stack = Tensor::<f64>::zeros(&[0, 2, 3]);
    assert_eq!(stack.matmul_nt(&stack).shape(), [0, 2, 2]);
    let bias = Tensor::from_slice(&[1.0, 2.0], &[2]).unwrap();
    let (x, w) = (Tensor::zeros(&[1, 0]), Tensor::zeros(&[0, 2]));
    assert_eq!(x.linear(&w, Some(&bias)).as_slice(), [1.0, 2.0]);
    let g = gradient(
        |v| v[0].linear(&v[1], Some(&v[2])).square().sum() + v[3].square().sum(),
        &[x, w, bias, empty],
    );
    assert_eq!(g[2].as_slice(), [2.0, 4.0]);
    assert_eq!(g[3].shape(), [0, 3]);
    // No columns on either side of a layer do not mean no rows; also in the taped sweep.
    for (inputs, outputs) in [(3, 0), (0, 3)] {
        let layer = [&[2, inputs][..], &[inputs, outputs], &[outputs]].map(Tensor::<f64>::ones);
        let loss = |v: &[Tensor<f64>]| v[0].linear(&v[1], Some(&v[2])).square().sum();
        let g = gradient(loss, &layer);
        assert_eq!(g[0], Tensor::zeros(&[2, inputs]));
        assert_eq!(g[2], Tensor::full(&[outputs], 4.0));
        let taped = gradient(|v| gradient(loss, v)[2].sum(), &layer);
        assert_eq!(taped[1], Tensor::zeros(&[inputs, outputs]));
        assert_eq!(taped[2], Tensor::full(&[outputs], 4.0));
    }
    assert_eq!(Tensor::<f32>::default().len(), 0);
}

#[test]
fn nan_and_infinity_pass_through() {
    let (nan, inf) = (f64::NAN, f64::INFINITY);
    let x = Tensor::from_slice(&[nan, inf, -inf, -0.0, 1.0], &[5]).unwrap();
    let check = |name: &str, y: Tensor<f64>, expected: [f64; 5]| {
        for (found, expected) in y.as_slice().iter().zip(expected) {
            let equal = found.to_bits() == expected.to_bits()
                || (found.is_nan() && expected.is_nan())
                || (found - expected).abs() < 1e-15;
            assert!(equal, "{name}: {found} instead of {expected}");
        }
    };
    let (sigmoid, e) = (1.0 / (1.0 + (-1.0_f64).exp()), 1.0_f64.exp());
    check("relu", x.relu(), [nan, inf, 0.0, 0.0, 1.0]);
    check("abs", x.abs(), [nan, inf, inf, 0.0, 1.0]);
    check("heaviside", x.heaviside(), [nan, 1.0, 0.0, 0.0, 1.0]);
    check("sign", x.sign(), [nan, 1.0, -1.0, -0.0, 1.0]);
    check("exp", x.exp(), [nan, inf, 0.0, 1.0, e]);
    check("tanh", x.tanh(), [nan, 1.0, -1.0, -0.0, 1.0_f64.tanh()]);
    check("sigmoid", x.sigmoid(), [nan, 1.0, 0.0, 0.5, sigmoid]);
    check("softplus", x.softplus(), [nan, inf, 0.0, 2.0_f64.ln(), e.ln_1p()]);
    check("sqrt", x.sqrt(), [nan, inf, nan, -0.0, 1.0]);
    check("recip", x.recip(), [nan, 0.0, -0.0, -inf, 1.0]);
    let g =
        gradient(|x| x[0].sqrt().sum(), &[Tensor::from_slice(&[0.0, -0.0, -1.0], &[3]).unwrap()]);
    assert!(g[0].as_slice()[..2] == [inf, inf] && g[0].as_slice()[2].is_nan());
    let one = Tensor::scalar(1.0);
    check("maximum", x.maximum(&one), [nan, inf, 1.0, 1.0, 1.0]);
    check("minimum", one.minimum(&x), [nan, 1.0, -inf, -0.0, 1.0]);
    assert!(x.max().item().is_nan() && x.sum().item().is_nan());
    assert_eq!(x.argmax(0), [0]);
    assert!(x.rows(1..3).sum().item().is_nan());
    assert_eq!(x.narrow(0, 3..5).sum().item(), 1.0);
}

#[test]
fn softmax_of_degenerate_rows() {
    let (nan, inf) = (f32::NAN, f32::INFINITY);
    let x = Tensor::from_slice(
        &[1e30, 1e30, -inf, -inf, -inf, -inf, nan, 0.0, 0.0, inf, 0.0, 0.0, -inf, 2.0, -inf],
        &[5, 3],
    )
    .unwrap();
    let y = x.softmax(1);
    let row = |i: usize| &y.as_slice()[3 * i..3 * i + 3];
    assert_eq!(row(0), [0.5, 0.5, 0.0]);
    for i in 1..4 {
        assert!(row(i).iter().all(|p| p.is_nan()), "{i}");
        assert!(x.rows(i..i + 1).log_softmax(1).as_slice().iter().all(|p| p.is_nan()), "{i}");
        assert!(x.rows(i..i + 1).softmax_cross_entropy(&[1]).item().is_nan(), "{i}");
    }
    assert_eq!(row(4), [0.0, 1.0, 0.0]);
    assert_eq!(x.rows(4..5).log_softmax(1).as_slice(), [-inf, 0.0, -inf]);
    assert_eq!(x.rows(4..5).softmax_cross_entropy(&[1]).item(), 0.0);
    assert_eq!(x.rows(4..5).softmax_cross_entropy(&[0]).item(), inf);
    // Far apart: the loss is the difference, though the probability underflows.
    let far = Tensor::from_slice(&[0.0_f32, 1e4], &[1, 2]).unwrap();
    assert_eq!(far.softmax_cross_entropy(&[0]).item(), 1e4);
    assert_eq!(far.log_softmax(1).as_slice(), [-1e4, 0.0]);
}

#[test]
fn long_rows_and_many_rows() {
    // Lengths around the blocks of the kernels.
    for (rows, width) in [(1, 1), (3, 31), (2, 33), (1, 1023), (2, 1025), (700, 3), (5, 512)] {
        let x = Tensor::from_fn(&[rows, width], |i| ((i * 7919) % 1009) as f64 / 100.0);
        let y = x.softmax(1);
        let labels: Vec<usize> = (0..rows).map(|i| i % width).collect();
        let mut loss = 0.0;
        for (i, &label) in labels.iter().enumerate() {
            let row = &x.as_slice()[i * width..(i + 1) * width];
            let total: f64 = row.iter().map(|x| x.exp()).sum();
            for (j, x) in row.iter().enumerate() {
                let exact = x.exp() / total;
                assert!((y.as_slice()[i * width + j] - exact).abs() < 1e-14, "{rows} {width}");
            }
            loss += (total.ln() - row[label]) / rows as f64;
        }
        assert!((x.softmax_cross_entropy(&labels).item() - loss).abs() < 1e-12);
        let log = x.log_softmax(1).exp();
        assert!(log.as_slice().iter().zip(y.as_slice()).all(|(a, b)| (a - b).abs() < 1e-13));
    }
}

fn matrix(rows: usize, columns: usize) -> impl Strategy<Value = Tensor<f64>> {
    prop::collection::vec(-2.0..2.0, rows * columns)
        .prop_map(move |data| Tensor::from_vec(data, &[rows, columns]).expect("the shape fits"))
}

fn dot(x: &Tensor<f64>, y: &Tensor<f64>) -> f64 {
    x.as_slice().iter().zip(y.as_slice()).map(|(a, b)| a * b).sum()
}

type Function = fn(&Tensor<f64>) -> Tensor<f64>;

/// Linear functions of a 4 by 3 matrix.
fn linear_functions() -> Vec<(&'static str, Function)> {
    fn w() -> Tensor<f64> {
        Tensor::from_fn(&[3, 5], |i| (i as f64 * 0.7).sin())
    }
    vec![
        ("matmul", |x| x.matmul(&w())),
        ("transposed matmul", |x| x.matmul_tt(&Tensor::from_fn(&[5, 4], |i| (i as f64).cos()))),
        ("transpose", Tensor::transpose),
        ("sum", Tensor::sum),
        ("row sums", |x| x.sum_axes(&[1], false)),
        ("column means", |x| x.mean_axes(&[0], true)),
        ("view", |x| x.view(2..8, &[2, 3])),
        ("narrow", |x| x.narrow(1, 1..3)),
        ("gather_rows", |x| x.gather_rows(&[3, 3, 0])),
        ("broadcast_to", |x| x.broadcast_to(&[2, 4, 3])),
        ("concatenate", |x| x.concatenate(x, 0)),
        ("mul by a row", |x| x * &w().narrow(1, 0..1).reshape(&[3])),
    ]
}

proptest! {
    /// `L(a x + y) = a L(x) + L(y)` and `<L x, c> = <x, L* c>`, with the pullback as `L*`.
    #[test]
    fn linear_functions_are_linear_and_their_pullback_is_the_adjoint(
        x in matrix(4, 3), y in matrix(4, 3), a in -3.0..3.0_f64
    ) {
        for (name, f) in linear_functions() {
            let (together, apart) = (f(&(&x * a + &y)), f(&x) * a + f(&y));
            for (p, q) in together.as_slice().iter().zip(apart.as_slice()) {
                prop_assert!((p - q).abs() < 1e-12, "{name}: {p} {q}");
            }
            let cotangent = Tensor::from_fn(together.shape(), |i| (i as f64 * 1.1).cos());
            let pullback = gradient(|v| (f(&v[0]) * &cotangent).sum(), std::slice::from_ref(&y));
            let (left, right) = (dot(&f(&x), &cotangent), dot(&x, &pullback[0]));
            prop_assert!((left - right).abs() < 1e-12, "{name}: {left} {right}");
        }
    }

    /// `(A B) C = A (B C)`, `(A B)^T = B^T A^T`, by all variants of the product.
    #[test]
    fn products_are_associative_and_transpose(
        a in matrix(3, 4), b in matrix(4, 5), c in matrix(5, 2)
    ) {
        let abc = a.matmul(&b).matmul(&c);
        let others = [
            a.matmul(&b.matmul(&c)),
            a.transpose().matmul_tn(&b.matmul_nt(&c.transpose())),
            c.matmul_tt(&a.matmul(&b)).transpose(),
            a.reshape(&[1, 3, 4]).matmul(&b).matmul(&c.reshape(&[1, 5, 2])).reshape(&[3, 2]),
        ];
        for other in &others {
            for (p, q) in abc.as_slice().iter().zip(other.as_slice()) {
                prop_assert!((p - q).abs() < 1e-12);
            }
        }
    }

    /// Softmax sums to one, is not changed by a shift, and its logarithm is log-softmax.
    #[test]
    fn softmax_is_a_distribution(x in matrix(3, 6), shift in -1e3..1e3_f64) {
        let y = x.softmax(1);
        for sum in y.sum_axes(&[1], false).as_slice() {
            prop_assert!((sum - 1.0).abs() < 1e-14);
        }
        // The shifted logits are rounded to 1e3 * epsilon.
        let shifted = (&x + shift).softmax(1);
        let log = x.log_softmax(1);
        for ((p, q), l) in y.as_slice().iter().zip(shifted.as_slice()).zip(log.as_slice()) {
            prop_assert!((p - q).abs() < 1e-12);
            prop_assert!((p.ln() - l).abs() < 1e-13);
        }
    }

    /// The chain rule: the gradient of `f(g(x))` is the pullback by `g` of the gradient of `f`.
    #[test]
    fn the_chain_rule(x in matrix(3, 4)) {
        let (f, g) = (|y: &Tensor<f64>| y.softmax(1).square().sum(), |x: &Tensor<f64>| x.tanh());
        let whole = gradient(|v| f(&g(&v[0])), std::slice::from_ref(&x));
        let outer = gradient(|v| f(&v[0]), &[g(&x)]);
        let parts = gradient(|v| (g(&v[0]) * &outer[0]).sum(), &[x]);
        for (p, q) in whole[0].as_slice().iter().zip(parts[0].as_slice()) {
            prop_assert!((p - q).abs() < 1e-14);
        }
    }
}
