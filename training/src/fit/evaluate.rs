//! The loss and the metric of a model on a data set.

use autodiff::tensor::Element;

use super::Metric;
use super::batch::Batch;
use crate::data::Dataset;
use crate::error::{Error, Result};
use crate::layers::Model;
use crate::losses::Loss;

/// What a model achieves on a data set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Evaluation {
    /// The mean loss over the items.
    pub loss: f64,
    /// The mean of the metric over the items, if one was asked for.
    pub metric: Option<f64>,
}

/// The mean loss of a model on a data set, and the mean of a metric.
///
/// Random layers are quiet and nothing is recorded. The items pass through in pieces; the means
/// are weighted by their sizes.
///
/// # Errors
/// [`Error::ShapeMismatch`] and [`Error::InvalidTargets`] if the data do not fit the model, the
/// loss or the metric.
///
/// # Examples
/// ```
/// use training::data::Dataset;
/// use training::{Dense, Initializer, MeanAbsoluteError, MeanSquaredError, Metric, Model, evaluate};
///
/// let layer = Dense::new(1).initializer(Initializer::Constant(2.0));
/// let model = Model::<f64>::new(layer, &[1], 0)?;
/// let data = Dataset::regression(vec![1.0, 2.0], 1, vec![2.0, 6.0], 1)?;
/// let metric: &dyn Metric<f64> = &MeanAbsoluteError;
/// let evaluation = evaluate(&model, &data, &MeanSquaredError, Some(metric))?;
/// assert_eq!((evaluation.loss, evaluation.metric), (2.0, Some(1.0)));
/// # Ok::<(), training::Error>(())
/// ```
pub fn evaluate<T: Element>(
    model: &Model<T>,
    data: &Dataset<T>,
    loss: &dyn Loss<T>,
    metric: Option<&dyn Metric<T>>,
) -> Result<Evaluation> {
    check_data("the data set", model, data, loss, metric)?;
    let mut batch = Batch::new(model.input_shape());
    Ok(evaluate_with(&mut batch, model, data, loss, metric))
}

/// Checks that a data set fits a model, a loss and a metric.
pub(super) fn check_data<T: Element>(
    what: &str,
    model: &Model<T>,
    data: &Dataset<T>,
    loss: &dyn Loss<T>,
    metric: Option<&dyn Metric<T>>,
) -> Result<()> {
    let inputs: usize = model.input_shape().iter().product();
    if data.feature_columns() != inputs {
        let what = format!("an item of {what}");
        let found = [data.feature_columns()];
        return Err(Error::shape_mismatch(what, model.input_shape(), &found));
    }
    loss.check(model.output_shape(), data.targets())?;
    match metric {
        Some(metric) => metric.check(model.output_shape(), data.targets()),
        None => Ok(()),
    }
}

/// [`evaluate`] with a buffer of the caller, on data that were checked.
pub(super) fn evaluate_with<T: Element>(
    batch: &mut Batch<T>,
    model: &Model<T>,
    data: &Dataset<T>,
    loss: &dyn Loss<T>,
    metric: Option<&dyn Metric<T>>,
) -> Evaluation {
    let items = data.len();
    let (mut loss_total, mut metric_total) = (0.0, 0.0);
    for start in (0..items).step_by(crate::layers::EVALUATION_CHUNK) {
        let end = (start + crate::layers::EVALUATION_CHUNK).min(items);
        batch.copy_range(data, start, end);
        let outputs = model.evaluate(batch.input());
        let mean = loss.value(&outputs, &batch.targets()).item().to_f64();
        loss_total += mean * (end - start) as f64;
        if let Some(metric) = metric {
            metric_total += metric.total(&outputs, &batch.targets());
        }
    }
    let mean = |total: f64| total / items as f64;
    Evaluation { loss: mean(loss_total), metric: metric.map(|_| mean(metric_total)) }
}
