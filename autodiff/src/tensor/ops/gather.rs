//! Rows by number: mini-batches, embeddings, picked elements.

use crate::tensor::array::Tensor;
use crate::tensor::element::Element;
use crate::tensor::error::Error;
use crate::tensor::kernels;
use crate::tensor::shape::Shape;
use crate::tensor::storage::Storage;
use crate::tensor::sweep::Adjoints;
use crate::tensor::tape::{CONSTANT, Link, Rule, Saved, record};

/// $y_i = x_{c_i}$: the pullback adds the cotangent of each row to the row it came from.
#[derive(Debug)]
struct Gather;

impl<T: Element> Rule<T> for Gather {
    fn name(&self) -> &'static str {
        "gather_rows"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        scatter(cotangent, indices(saved), saved.shapes[0])
    }
    fn accumulate(
        &self,
        saved: &mut Saved<T>,
        links: &[Link; 3],
        cotangent: Tensor<T>,
        adjoints: &mut Adjoints<'_, T>,
    ) {
        if links[0] != CONSTANT {
            adjoints.update(links[0], |target, update| {
                if update == kernels::Update::Replace {
                    target.fill(T::ZERO);
                }
                add_rows(&cotangent, indices(saved).as_slice(), target);
            });
        }
    }
}

/// The transpose of [`Gather`]: $y_{c_i} \mathrel{+}= x_i$.
#[derive(Debug)]
struct Scatter;

impl<T: Element> Rule<T> for Scatter {
    fn name(&self) -> &'static str {
        "gather_rows"
    }
    fn pullback(&self, saved: &Saved<T>, cotangent: &Tensor<T>, _: usize) -> Tensor<T> {
        gather(cotangent, indices(saved).clone(), saved.shapes[0][0])
    }
}

fn indices<T: Element>(saved: &Saved<T>) -> &Storage<usize> {
    saved.indices.as_ref().expect("the rule saved the row numbers")
}

fn width(shape: &[usize]) -> usize {
    shape[1..].iter().product()
}

pub(super) fn gather<T: Element>(x: &Tensor<T>, rows: Storage<usize>, count: usize) -> Tensor<T> {
    let width = width(x.shape());
    let mut out = Tensor::stale(x.extents().with(0, count));
    if width > 0 {
        let chunks = out.slice_mut().chunks_exact_mut(width);
        for (out, &row) in chunks.zip(rows.as_slice()) {
            out.copy_from_slice(&x.as_slice()[row * width..][..width]);
        }
    }
    record(&Gather, &[x], out, |saved, _| saved.indices = Some(rows))
}

fn scatter<T: Element>(x: &Tensor<T>, rows: &Storage<usize>, shape: Shape) -> Tensor<T> {
    let mut out = Tensor::filled(shape, T::ZERO);
    add_rows(x, rows.as_slice(), out.slice_mut());
    record(&Scatter, &[x], out, |saved, _| saved.indices = Some(rows.clone()))
}

fn add_rows<T: Element>(x: &Tensor<T>, rows: &[usize], out: &mut [T]) {
    let width = width(x.shape());
    if width > 0 {
        for (x, &row) in x.as_slice().chunks_exact(width).zip(rows) {
            kernels::add_assign(&mut out[row * width..][..width], x);
        }
    }
}

/// A copy of row numbers in a buffer from the pool.
pub(super) fn pooled(rows: &[usize]) -> Storage<usize> {
    let mut storage = Storage::stale(rows.len()).0;
    let kept = storage.get_mut().expect("a fresh buffer is not shared");
    kept[..rows.len()].copy_from_slice(rows);
    storage
}

impl<T: Element> Tensor<T> {
    /// The rows (entries of the first axis) with the given numbers, in that order; a row may occur
    /// several times.
    ///
    /// # Panics
    /// If there is no axis, or a number is not below the number of rows.
    ///
    /// # Examples
    /// ```
    /// use autodiff::tensor::Tensor;
    ///
    /// let x = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[3, 2])?;
    /// assert_eq!(x.gather_rows(&[2, 0]).as_slice(), [5.0, 6.0, 1.0, 2.0]);
    /// # Ok::<(), autodiff::tensor::Error>(())
    /// ```
    #[track_caller]
    pub fn gather_rows(&self, rows: &[usize]) -> Self {
        let Some(&length) = self.shape().first() else {
            Error::AxisOutOfRange { op: "gather_rows", axis: 0, rank: 0 }.raise()
        };
        if let Some(&index) = rows.iter().find(|row| **row >= length) {
            Error::IndexOutOfRange { op: "gather_rows", index, length }.raise();
        }
        gather(self, pooled(rows), rows.len())
    }
}
