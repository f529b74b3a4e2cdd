//! Shared buffers and the per-thread pool that they return to.
//!
//! A training step needs the same buffers again and again. When the last owner of a buffer drops
//! it, the whole reference-counted allocation goes back to the pool of the dropping thread, sorted
//! by size, so that the next step takes it from there and the allocator is never called.

use core::cell::RefCell;
use core::fmt::Debug;
use std::sync::Arc;
use std::thread::LocalKey;

/// How much a pool keeps per thread and element type; what exceeds it is freed.
const POOL_BYTES: usize = 512 << 20;

/// Buffers start on a cache line, so that no vector load touches two lines.
const ALIGNMENT: usize = 64;

/// One number type whose buffers are pooled.
pub(crate) trait Pooled: Copy + Default + Debug + Send + Sync + 'static {
    /// The pool of this thread.
    fn pool() -> &'static LocalKey<RefCell<Pool<Self>>>;
}

/// The buffers of one thread that nobody uses, sorted by size class.
///
/// Class `c` holds buffers of `2^c` elements.
#[derive(Debug)]
pub(crate) struct Pool<T> {
    classes: [Vec<Arc<Vec<T>>>; usize::BITS as usize],
    bytes: usize,
}

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self { classes: [const { Vec::new() }; usize::BITS as usize], bytes: 0 }
    }

    fn take(&mut self, class: usize) -> Option<Arc<Vec<T>>> {
        let buffer = self.classes[class].pop()?;
        self.bytes -= buffer.len() * size_of::<T>();
        Some(buffer)
    }

    fn put(&mut self, buffer: Arc<Vec<T>>) {
        let bytes = buffer.len() * size_of::<T>();
        if self.bytes + bytes <= POOL_BYTES {
            self.bytes += bytes;
            self.classes[buffer.len().ilog2() as usize].push(buffer);
        }
    }
}

/// A shared buffer; cloning it shares it.
#[derive(Debug)]
pub(crate) struct Storage<T: Pooled> {
    // `None` only while being dropped.
    buffer: Option<Arc<Vec<T>>>,
    /// Whether the pool gets the buffer. One that came from outside is freed: were it kept, a
    /// program that makes each batch from a new vector would fill the pool with them.
    pooled: bool,
}

impl<T: Pooled> Storage<T> {
    /// A buffer of at least `len` elements, and the offset at which an aligned block of `len`
    /// starts. The contents are whatever the previous owner left there.
    pub(crate) fn stale(len: usize) -> (Self, usize) {
        let padding = ALIGNMENT / size_of::<T>();
        // Small buffers are not worth aligning.
        let needed = if len < padding { len.max(1) } else { len + padding };
        let class = needed.next_power_of_two().ilog2() as usize;
        let pooled = T::pool().try_with(|pool| pool.borrow_mut().take(class)).ok().flatten();
        let buffer = pooled.unwrap_or_else(|| Arc::new(vec![T::default(); 1 << class]));
        let offset = if len < padding {
            0
        } else {
            let misalignment = buffer.as_ptr() as usize % ALIGNMENT;
            (ALIGNMENT - misalignment) % ALIGNMENT / size_of::<T>()
        };
        (Self { buffer: Some(buffer), pooled: true }, offset)
    }

    pub(crate) fn from_vec(data: Vec<T>) -> Self {
        Self { buffer: Some(Arc::new(data)), pooled: false }
    }

    fn shared(&self) -> &Arc<Vec<T>> {
        self.buffer.as_ref().expect("a live buffer")
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[T] {
        self.shared()
    }

    /// Whether anybody else can see the contents. No weak reference exists, so that a count of one
    /// means nobody can, and nobody can begin to.
    pub(crate) fn is_shared(&self) -> bool {
        Arc::strong_count(self.shared()) != 1
    }

    /// The contents, if nobody else shares them.
    pub(crate) fn get_mut(&mut self) -> Option<&mut [T]> {
        Arc::get_mut(self.buffer.as_mut()?).map(Vec::as_mut_slice)
    }

    #[cfg(test)]
    pub(crate) fn same_buffer(&self, other: &Self) -> bool {
        Arc::ptr_eq(self.shared(), other.shared())
    }
}

impl<T: Pooled> Clone for Storage<T> {
    fn clone(&self) -> Self {
        Self { buffer: Some(Arc::clone(self.shared())), pooled: self.pooled }
    }
}

impl<T: Pooled> Drop for Storage<T> {
    fn drop(&mut self) {
        let keep = self.pooled && !self.is_shared();
        let Some(buffer) = self.buffer.take() else { return };
        if keep {
            // The pool is gone while a thread shuts down; then the buffer is freed.
            let _ = T::pool().try_with(|pool| pool.borrow_mut().put(buffer));
        }
    }
}

/// The pool of one type, declared once per type.
macro_rules! pooled {
    ($($type:ty),*) => {$(
        impl Pooled for $type {
            fn pool() -> &'static LocalKey<RefCell<Pool<Self>>> {
                thread_local! {
                    static POOL: RefCell<Pool<$type>> = const { RefCell::new(Pool::new()) };
                }
                &POOL
            }
        }
    )*};
}
pooled!(f32, f64, usize);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_buffer_is_used_again() {
        let (first, _) = Storage::<f64>::stale(100);
        let address = first.as_slice().as_ptr();
        let shared = first.clone();
        drop(first);
        let (other, _) = Storage::<f64>::stale(100);
        assert_ne!(other.as_slice().as_ptr(), address);
        drop(shared);
        let (again, offset) = Storage::<f64>::stale(90);
        assert_eq!(again.as_slice().as_ptr(), address);
        assert_eq!(again.as_slice()[offset..].as_ptr() as usize % ALIGNMENT, 0);
        assert!(again.as_slice().len() >= offset + 90);
    }

    #[test]
    fn buffers_of_any_length_can_be_pooled() {
        for len in [0, 1, 2, 3, 15, 16, 17, 1000] {
            let (storage, offset) = Storage::<usize>::stale(len);
            assert!(storage.as_slice().len() >= offset + len);
        }
    }

    #[test]
    fn a_vector_from_outside_is_not_kept() {
        let kept = || f32::pool().with_borrow(|pool| pool.bytes);
        let before = kept();
        let outside = Storage::from_vec(vec![1.0_f32; 1000]);
        drop((outside.clone(), outside));
        assert_eq!(kept(), before);
        drop(Storage::<f32>::stale(1000));
        assert!(kept() > before);
    }
}
