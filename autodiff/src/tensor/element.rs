//! The number types that a tensor can hold.

use core::cell::RefCell;
use std::thread::LocalKey;

use calculus_core::Float;

use super::kernels::Kernels;
use super::storage::Pooled;
use super::tape::Tape;

/// A number that a [`Tensor`](super::Tensor) can hold: `f32` or `f64`.
///
/// The trait is sealed: kernels, buffer pools and tapes exist once for each of the two types.
#[allow(private_bounds)]
pub trait Element: Float + Machinery {}

/// What the implementation needs of an element type and a user does not.
pub(crate) trait Machinery: Kernels + Pooled {
    /// The tape of this thread.
    fn tape() -> &'static LocalKey<RefCell<Tape<Self>>>
    where
        Self: Element;
}

macro_rules! element {
    ($($type:ty),*) => {$(
        impl Machinery for $type {
            fn tape() -> &'static LocalKey<RefCell<Tape<Self>>> {
                thread_local! {
                    static TAPE: RefCell<Tape<$type>> = const { RefCell::new(Tape::new()) };
                }
                &TAPE
            }
        }
        impl Element for $type {}
    )*};
}
element!(f32, f64);
