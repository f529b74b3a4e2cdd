//! Derivatives of derivatives, and what happens when things go wrong inside a differentiation.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use autodiff::tensor::{
    Tensor, gradient, hessian_vector_product, value_and_gradient, value_and_gradient_into,
};

fn number(x: f64) -> Tensor<f64> {
    Tensor::scalar(x)
}

/// `d/dx [x d/dy (x y)]`: with the outer variable a constant of the inner function the inner
/// derivative is `x`, and the outer one `d/dx x^2 = 2 x`; confusing the two would give 1 or 3.
#[test]
fn a_captured_outer_variable_is_a_constant_of_the_inner_function() {
    let g = gradient(
        |x| {
            let inner = gradient(|y| &x[0] * &y[0], &[number(5.0)]);
            &x[0] * &inner[0]
        },
        &[number(3.0)],
    );
    assert_eq!(g[0].item(), 6.0);

    // The same point for both: d/dx [x d/dy (x + y^2) at y = x] = d/dx 2 x^2.
    let g = gradient(
        |x| &x[0] * &gradient(|y| &x[0] + y[0].square(), &[x[0].clone()])[0],
        &[number(3.0)],
    );
    assert_eq!(g[0].item(), 12.0);
}

#[test]
fn derivatives_of_a_power_to_fourth_order() {
    fn nth(n: usize, x: &Tensor<f64>) -> Tensor<f64> {
        match n {
            0 => x.powi(4),
            _ => gradient(|x| nth(n - 1, &x[0]), std::slice::from_ref(x)).swap_remove(0),
        }
    }
    let x = number(2.0);
    let expected = [16.0, 32.0, 48.0, 48.0, 24.0, 0.0];
    for (n, expected) in expected.into_iter().enumerate() {
        assert_eq!(nth(n, &x).item(), expected, "derivative {n}");
    }
}

#[test]
fn the_gradient_of_a_gradient_norm() {
    // f = sum x^3, |grad f|^2 = 9 sum x^4, whose gradient is 36 x^3.
    let x = Tensor::from_slice(&[1.0, -2.0, 0.5], &[3]).unwrap();
    let norm = |x: &[Tensor<f64>]| gradient(|x| x[0].powi(3).sum(), x)[0].square().sum();
    let (value, g) = value_and_gradient(norm, &[x]);
    assert_eq!(value.item(), 9.0 * (1.0 + 16.0 + 0.0625));
    assert_eq!(g[0].as_slice(), [36.0, -288.0, 4.5]);
}

/// A penalty on the gradient with respect to the data, differentiated in the parameters.
#[test]
fn a_gradient_penalty_is_differentiable_in_the_parameters() {
    let x = Tensor::from_fn(&[4, 3], |i| (i as f64 * 0.7).sin());
    let w = Tensor::from_fn(&[3, 2], |i| (i as f64 * 1.3).cos());
    let penalty = |w: &Tensor<f64>| {
        gradient(|x| x[0].matmul(w).tanh().sum(), std::slice::from_ref(&x))[0].square().sum()
    };
    let g = gradient(|w| penalty(&w[0]), std::slice::from_ref(&w));
    for i in 0..w.len() {
        let at = |h: f64| {
            let mut w = w.clone();
            w.make_mut()[i] += h;
            penalty(&w).item()
        };
        let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((g[0].as_slice()[i] - difference).abs() < 1e-8 * difference.abs().max(1.0));
    }
}

#[test]
fn the_hessian_of_a_network_is_symmetric() {
    let x = Tensor::from_fn(&[5, 3], |i| (i as f64 * 0.9).sin());
    let labels = [0, 1, 1, 0, 1];
    let n = 3 * 4 + 4 + 4 * 2 + 2;
    let parameters = Tensor::from_fn(&[n], |i| (i as f64 * 1.7).cos());
    let loss = |p: &[Tensor<f64>]| {
        let p = &p[0];
        let h = x.linear(&p.view(0..12, &[3, 4]), Some(&p.view(12..16, &[4]))).gelu();
        let y = h.linear(&p.view(16..24, &[4, 2]), Some(&p.view(24..26, &[2])));
        y.softmax_cross_entropy(&labels) + p.square().sum() * 0.01
    };
    let columns: Vec<Vec<f64>> = (0..n)
        .map(|i| {
            let unit = Tensor::from_fn(&[n], |j| if i == j { 1.0 } else { 0.0 });
            hessian_vector_product(loss, std::slice::from_ref(&parameters), &[unit])[0].to_vec()
        })
        .collect();
    for (i, column) in columns.iter().enumerate() {
        assert!(column[i].abs() > 1e-3);
        for (j, row) in columns.iter().enumerate() {
            assert!((column[j] - row[i]).abs() < 1e-14, "{i} {j}");
        }
    }
}

#[test]
fn an_input_that_is_not_used_has_gradient_zero() {
    let (x, y) = (Tensor::ones(&[2, 2]), Tensor::<f64>::ones(&[3]));
    let (value, g) = value_and_gradient(|v| v[0].sum(), &[x.clone(), y.clone()]);
    assert_eq!(value.item(), 4.0);
    assert_eq!(g[1], Tensor::zeros(&[3]));
    // A constant function, alone and inside another differentiation.
    assert_eq!(gradient(|_| number(1.0), std::slice::from_ref(&y))[0], Tensor::zeros(&[3]));
    let outer =
        gradient(|y| y[0].sum() + gradient(|_| number(1.0), y)[0].sum(), std::slice::from_ref(&y));
    assert_eq!(outer[0], Tensor::ones(&[3]));
    let mut g = [f64::NAN; 3];
    assert_eq!(value_and_gradient_into(|_| number(2.0), &y, &mut g), 2.0);
    assert_eq!(g, [0.0; 3]);
    // The parameters themselves, and a single view, as the result.
    assert_eq!(value_and_gradient_into(|p| p.clone(), &number(7.0), &mut g[..1]), 7.0);
    assert_eq!(g[0], 1.0);
    value_and_gradient_into(|p| p.view(1..2, &[1]), &y, &mut g);
    assert_eq!(g, [0.0, 1.0, 0.0]);
    assert!(gradient(|_| number(1.0), &[]).is_empty());
}

#[test]
fn partly_overlapping_views_add_up() {
    let p = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0], &[4]).unwrap();
    let mut g = [f64::NAN; 4];
    value_and_gradient_into(
        |p| (p.view(0..3, &[3]) * p.view(1..4, &[3])).sum() + p.view(3..4, &[1]).square().sum(),
        &p,
        &mut g,
    );
    // x0 x1 + x1 x2 + x2 x3 + x3^2
    assert_eq!(g, [2.0, 4.0, 6.0, 11.0]);
}

#[test]
fn inside_another_differentiation_the_flat_gradient_is_a_number() {
    let mut inner = [0.0; 2];
    let p = Tensor::from_slice(&[1.0, 2.0], &[2]).unwrap();
    let g = gradient(
        |x| {
            let loss = value_and_gradient_into(|p| p.square().sum(), &x[0], &mut inner);
            assert_eq!(loss, 5.0);
            x[0].sum()
        },
        &[p],
    );
    assert_eq!(inner, [2.0, 4.0]);
    assert_eq!(g[0].as_slice(), [1.0, 1.0]);
}

#[test]
fn results_are_not_recorded_and_detached_tensors_are_constants() {
    let x = number(3.0);
    let (value, g) = value_and_gradient(|x| x[0].square(), std::slice::from_ref(&x));
    assert!(!value.is_recorded() && !g[0].is_recorded() && !x.is_recorded());
    let g = gradient(|x| x[0].detach() * &x[0], &[x]);
    assert_eq!(g[0].item(), 3.0);
}

#[test]
fn a_panic_leaves_the_thread_usable() {
    let x = Tensor::from_slice(&[1.0, 2.0], &[2]).unwrap();
    for _ in 0..3 {
        let result = catch_unwind(AssertUnwindSafe(|| {
            gradient(
                |x| {
                    let inner = gradient(|y| y[0].square().sum(), x);
                    assert!(inner[0].is_recorded());
                    &x[0] + &Tensor::ones(&[3])
                },
                std::slice::from_ref(&x),
            )
        }));
        let message = *result.unwrap_err().downcast::<String>().unwrap();
        assert_eq!(message, "add: shapes [2] and [3] do not fit together");
        let plain = x.square();
        assert!(!plain.is_recorded());
        let g = gradient(|x| x[0].square().sum(), std::slice::from_ref(&x));
        assert_eq!(g[0].as_slice(), [2.0, 4.0]);
    }
}

/// The message of the panic that `f` ends with.
fn message(f: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("a panic");
    match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => payload.downcast::<&str>().expect("a message").to_string(),
    }
}

#[test]
fn an_escaped_tensor_is_detected() {
    let escaped = RefCell::new(None);
    let x = number(3.0);
    let keep = |x: &[Tensor<f64>]| {
        let y = x[0].square();
        *escaped.borrow_mut() = Some(y.clone());
        y
    };
    gradient(keep, std::slice::from_ref(&x));
    let y = escaped.borrow().clone().unwrap();
    // Its value can be read; computing with it is refused, inside a differentiation or not.
    assert_eq!(y.item(), 9.0);
    assert_eq!(y.detach().square().item(), 81.0);
    for text in [
        message(|| drop(y.square())),
        message(|| drop(gradient(|x| &x[0] * &y, std::slice::from_ref(&x)))),
        message(|| drop(gradient(|_| y.clone(), std::slice::from_ref(&x)))),
        message(|| drop(gradient(|x| x[0].square(), std::slice::from_ref(&y)))),
    ] {
        assert!(text.contains("has ended") && text.contains("detach()"), "{text}");
    }
    // As the result of an inner function it is not taken for a node of this recording.
    for text in [
        message(|| {
            let inner = |x: &[Tensor<f64>]| gradient(|_| y.clone(), x)[0].square();
            gradient(inner, std::slice::from_ref(&x));
        }),
        message(|| {
            let mut g = [0.0];
            let inner = |x: &[Tensor<f64>]| {
                value_and_gradient_into(|p| (p.square().sum(), y.clone()).1, &x[0], &mut g);
                x[0].clone()
            };
            gradient(inner, std::slice::from_ref(&x));
        }),
    ] {
        assert!(text.contains("has ended") && text.contains("detach()"), "{text}");
    }
    // One from an inner function is a function of the outer input, and fine inside it.
    let g = gradient(
        |x| {
            gradient(keep, x);
            escaped.borrow().clone().unwrap()
        },
        &[x],
    );
    assert_eq!(g[0].item(), 6.0);
}

#[test]
fn a_recorded_tensor_of_another_thread_is_detected() {
    let text = message(|| {
        gradient(
            |x| {
                let x = x[0].clone();
                std::thread::scope(|scope| match scope.spawn(|| x.square().detach()).join() {
                    Ok(y) => y,
                    Err(payload) => std::panic::resume_unwind(payload),
                })
            },
            &[number(1.0)],
        );
    });
    assert!(text.contains("another thread"), "{text}");
}

#[test]
fn misuse_is_named() {
    let vector = Tensor::<f64>::ones(&[2]);
    let one = std::slice::from_ref(&vector);
    assert!(message(|| drop(gradient(|x| x[0].clone(), one))).contains("shape [2]"));
    assert!(
        message(|| {
            gradient(
                |x| {
                    let mut x = x[0].clone();
                    x.make_mut()[0] = 1.0;
                    x.sum()
                },
                one,
            );
        })
        .contains("detach()")
    );
    assert!(
        catch_unwind(|| {
            value_and_gradient_into(|p| p.sum(), &Tensor::<f64>::ones(&[2]), &mut [0.0; 3])
        })
        .is_err()
    );
    let label = message(|| drop(Tensor::<f64>::ones(&[2, 3]).softmax_cross_entropy(&[0, 3])));
    assert_eq!(label, "label 3 in row 1 is not below the number of classes 3");
    let rate = message(|| drop(vector.dropout(1.0, || 0.5)));
    assert_eq!(rate, "dropout rate 1 is not in [0, 1)");
    assert!(message(|| drop(vector.dropout(f64::NAN, || 0.5))).contains("NaN"));
    assert_eq!(
        message(|| drop(vector.matmul(&vector))),
        "matmul: shapes [2] and [2] do not fit together"
    );
    assert_eq!(
        message(|| drop(vector.sum_axes(&[1], false))),
        "sum_axes: axis 1 of a tensor with 1 axes"
    );
    assert_eq!(
        message(|| drop(vector.view(1..3, &[2]))),
        "view: index 3 is past the end of 2 elements"
    );
    #[allow(clippy::reversed_empty_ranges)]
    let reversed = message(|| drop(vector.view(9..1, &[0])));
    assert_eq!(reversed, "view: index 9 is past the end of 2 elements");
}

/// After a step nothing holds views of the parameters: they are updated in place.
#[test]
fn parameters_are_updated_in_place() {
    let mut p = Tensor::from_fn(&[100], |i| i as f64);
    let address = p.as_slice().as_ptr();
    let mut g = vec![0.0; 100];
    for _ in 0..3 {
        value_and_gradient_into(|p| p.view(10..90, &[8, 10]).square().sum(), &p, &mut g);
        p.make_mut()[0] += 1.0;
        assert_eq!(p.as_slice().as_ptr(), address);
    }
}
