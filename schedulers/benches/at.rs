//! The cost of asking a schedule for a value.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use schedulers::{CosineAnnealing, ExponentialDecay, Linear, MultiStepDecay, Schedule};

fn at(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("at");
    let exponential = ExponentialDecay::new(0.1, 0.999).unwrap();
    let cosine = CosineAnnealing::new(0.1, 0.0, 10_000).unwrap();
    let composed = Linear::warmup(0.1, 500)
        .unwrap()
        .then(500, cosine)
        .chain(MultiStepDecay::new(1.0, [3_000, 6_000, 9_000], 0.5).unwrap());
    let boxed: Box<dyn Schedule> = Box::new(composed.clone());
    let schedules: [(&str, &dyn Schedule); 4] = [
        ("exponential", &exponential),
        ("cosine", &cosine),
        ("warmup then cosine, chained with milestones", &composed),
        ("the same in a box", &boxed),
    ];
    for (name, schedule) in schedules {
        group.bench_function(name, |bencher| bencher.iter(|| schedule.at(black_box(4_321))));
    }
    group.finish();
}

criterion_group!(benches, at);
criterion_main!(benches);
