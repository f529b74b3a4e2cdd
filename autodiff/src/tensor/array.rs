//! The tensor itself: a shared buffer, a shape, and perhaps a place on the tape.

use core::fmt;
use core::ops::Range;

use super::element::Element;
use super::error::Error;
use super::shape::Shape;
use super::storage::Storage;
use super::tape::Stamp;

/// A dense array of `f32` or `f64` with up to six axes, in row-major order.
///
/// The elements lie in a reference-counted buffer, so that cloning, [`view`](Tensor::view) and
/// [`reshape`](Tensor::reshape) cost O(1) and share memory; writing through
/// [`make_mut`](Tensor::make_mut) copies only if somebody else can see the buffer. Operations are
/// methods and operators; inside [`gradient`](super::gradient()) and its relatives they are also
/// recorded, so that they can be differentiated.
///
/// # Examples
/// ```
/// use autodiff::tensor::Tensor;
///
/// let x = Tensor::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3])?;
/// let row = Tensor::from_slice(&[10.0, 20.0, 30.0], &[3])?;
/// let y = &x + &row;
/// assert_eq!(y.shape(), [2, 3]);
/// assert_eq!(y.as_slice(), [11.0, 22.0, 33.0, 14.0, 25.0, 36.0]);
/// # Ok::<(), autodiff::tensor::Error>(())
/// ```
#[derive(Clone)]
pub struct Tensor<T: Element> {
    storage: Storage<T>,
    offset: usize,
    len: usize,
    shape: Shape,
    stamp: Option<Stamp>,
}

impl<T: Element> Tensor<T> {
    /// A tensor that takes over a vector.
    ///
    /// # Errors
    /// If `data.len()` is not the product of `shape`, or the shape has more than six axes.
    pub fn from_vec(data: Vec<T>, shape: &[usize]) -> Result<Self, Error> {
        let shape = Shape::new(shape)?;
        if data.len() != shape.len() {
            return Err(Error::ElementCount { shape: shape.to_vec(), found: data.len() });
        }
        let len = data.len();
        Ok(Self { storage: Storage::from_vec(data), offset: 0, len, shape, stamp: None })
    }

    /// A tensor with a copy of `data`, in a buffer from this thread's pool.
    ///
    /// # Errors
    /// If `data.len()` is not the product of `shape`, or the shape has more than six axes.
    pub fn from_slice(data: &[T], shape: &[usize]) -> Result<Self, Error> {
        let shape = Shape::new(shape)?;
        if data.len() != shape.len() {
            return Err(Error::ElementCount { shape: shape.to_vec(), found: data.len() });
        }
        let mut tensor = Self::stale(shape);
        tensor.slice_mut().copy_from_slice(data);
        Ok(tensor)
    }

    /// A tensor whose element `i`, in row-major order, is `element(i)`.
    ///
    /// # Panics
    /// If the shape has more than six axes.
    #[track_caller]
    pub fn from_fn(shape: &[usize], mut element: impl FnMut(usize) -> T) -> Self {
        let mut tensor = Self::stale(Shape::of(shape));
        for (i, value) in tensor.slice_mut().iter_mut().enumerate() {
            *value = element(i);
        }
        tensor
    }

    /// A tensor of equal elements.
    ///
    /// # Panics
    /// If the shape has more than six axes.
    #[track_caller]
    pub fn full(shape: &[usize], value: T) -> Self {
        Self::filled(Shape::of(shape), value)
    }

    /// A tensor of zeros.
    ///
    /// # Panics
    /// If the shape has more than six axes.
    #[track_caller]
    pub fn zeros(shape: &[usize]) -> Self {
        Self::full(shape, T::ZERO)
    }

    /// A tensor of ones.
    ///
    /// # Panics
    /// If the shape has more than six axes.
    #[track_caller]
    pub fn ones(shape: &[usize]) -> Self {
        Self::full(shape, T::ONE)
    }

    /// A tensor without axes that holds one number.
    pub fn scalar(value: T) -> Self {
        Self::filled(Shape::SCALAR, value)
    }

    /// The extents of the axes.
    #[inline]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of axes.
    pub fn rank(&self) -> usize {
        self.shape.rank()
    }

    /// The number of elements.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The elements in row-major order.
    #[inline]
    pub fn as_slice(&self) -> &[T] {
        &self.storage.as_slice()[self.offset..self.offset + self.len]
    }

    /// A copy of the elements in row-major order.
    pub fn to_vec(&self) -> Vec<T> {
        self.as_slice().to_vec()
    }

    /// The only element.
    ///
    /// # Panics
    /// If there is not exactly one element.
    #[track_caller]
    pub fn item(&self) -> T {
        match self.as_slice() {
            &[value] => value,
            _ => panic!("item: a tensor of shape {:?} does not hold one element", self.shape),
        }
    }

    /// The elements, to be written; if anyone else shares the buffer, they are copied first.
    ///
    /// A flat vector of parameters is thus updated in place as soon as no recording holds views of
    /// it any more.
    ///
    /// # Panics
    /// If the tensor is being recorded: writing to it would falsify the derivative. Call
    /// [`detach`](Tensor::detach) first.
    #[track_caller]
    pub fn make_mut(&mut self) -> &mut [T] {
        assert!(
            self.stamp.is_none(),
            "make_mut: a recorded tensor cannot be written to; call detach() first"
        );
        self.slice_mut()
    }

    /// The same elements, treated as constants by every differentiation.
    pub fn detach(&self) -> Self {
        Self { stamp: None, ..self.clone() }
    }

    /// Whether a differentiation records what is computed from this tensor.
    pub fn is_recorded(&self) -> bool {
        self.stamp.is_some()
    }

    /// A tensor of unspecified content, to be overwritten.
    pub(crate) fn stale(shape: Shape) -> Self {
        let len = shape.len();
        let (storage, offset) = Storage::stale(len);
        Self { storage, offset, len, shape, stamp: None }
    }

    pub(crate) fn filled(shape: Shape, value: T) -> Self {
        let mut tensor = Self::stale(shape);
        tensor.slice_mut().fill(value);
        tensor
    }

    /// The elements, to be written, whether recorded or not; copied first if shared.
    pub(crate) fn slice_mut(&mut self) -> &mut [T] {
        if self.storage.is_shared() {
            let mut copy = Self::stale(self.shape);
            let (to, range) = (copy.offset, self.offset..self.offset + self.len);
            copy.storage.get_mut().expect("a fresh buffer is not shared")[to..to + self.len]
                .copy_from_slice(&self.storage.as_slice()[range]);
            self.storage = copy.storage;
            self.offset = to;
        }
        let range = self.offset..self.offset + self.len;
        &mut self.storage.get_mut().expect("the buffer is not shared")[range]
    }

    pub(crate) fn extents(&self) -> Shape {
        self.shape
    }

    pub(crate) fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// The same elements at another place on the tape.
    pub(crate) fn stamped(mut self, stamp: Option<Stamp>) -> Self {
        self.stamp = stamp;
        self
    }

    /// A contiguous piece with its own shape, sharing memory and without a place on the tape.
    pub(crate) fn piece(&self, range: Range<usize>, shape: Shape) -> Self {
        debug_assert!(range.end <= self.len && range.len() == shape.len());
        Self {
            storage: self.storage.clone(),
            offset: self.offset + range.start,
            len: range.len(),
            shape,
            stamp: None,
        }
    }

    /// Whether both read the same memory (which need not be the same part of it).
    #[cfg(test)]
    pub(crate) fn shares_memory_with(&self, other: &Self) -> bool {
        self.storage.same_buffer(&other.storage)
    }
}

impl<T: Element> Default for Tensor<T> {
    /// A tensor with one axis and no elements.
    fn default() -> Self {
        Self::zeros(&[0])
    }
}

/// Equal shapes and elements; as for numbers, NaN equals nothing.
impl<T: Element> PartialEq for Tensor<T> {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.as_slice() == other.as_slice()
    }
}

impl<T: Element> fmt::Debug for Tensor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 16;
        write!(f, "Tensor<{}>{:?} ", T::NAME, self.shape)?;
        let elements = self.as_slice();
        f.debug_list().entries(elements.iter().take(SHOWN)).finish()?;
        if elements.len() > SHOWN {
            write!(f, " and {} more", elements.len() - SHOWN)?;
        }
        Ok(())
    }
}

impl<T: Element> From<T> for Tensor<T> {
    fn from(value: T) -> Self {
        Self::scalar(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_copies_only_what_is_shared() {
        let mut flat = Tensor::from_fn(&[6], |i| i as f64);
        let address = flat.as_slice().as_ptr();
        flat.make_mut()[0] = 7.0;
        assert_eq!(flat.as_slice().as_ptr(), address);

        let kept = flat.clone();
        assert!(kept.shares_memory_with(&flat));
        flat.make_mut()[0] = 8.0;
        assert_eq!(kept.as_slice()[0], 7.0);
        assert!(!kept.shares_memory_with(&flat));

        let mut piece = kept.piece(2..4, Shape::of(&[2]));
        drop(kept);
        piece.make_mut()[0] = -1.0;
        assert_eq!(piece.as_slice(), [-1.0, 3.0]);
    }

    #[test]
    fn constructors_check_the_number_of_elements() {
        assert_eq!(
            Tensor::from_vec(vec![1.0_f32; 5], &[2, 3]).unwrap_err().to_string(),
            "5 elements do not fill the shape [2, 3]"
        );
        assert!(Tensor::from_slice(&[1.0_f32], &[1; 7]).is_err());
        assert_eq!(Tensor::from_vec(Vec::<f64>::new(), &[0, 4]).unwrap().len(), 0);
        assert_eq!(Tensor::scalar(2.5_f64).item(), 2.5);
    }

    #[test]
    fn debug_output_is_short() {
        let text = format!("{:?}", Tensor::<f32>::zeros(&[5, 5]));
        assert!(text.starts_with("Tensor<f32>[5, 5] [0.0") && text.ends_with("and 9 more"));
    }

    #[test]
    #[should_panic(expected = "does not hold one element")]
    fn item_needs_one_element() {
        Tensor::<f64>::zeros(&[2]).item();
    }
}
