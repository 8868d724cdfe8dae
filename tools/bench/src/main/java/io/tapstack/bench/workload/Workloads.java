package io.tapstack.bench.workload;

import io.tapstack.bench.measure.Workload;
import java.util.ArrayList;
import java.util.List;

/** All workloads, in the order of the results. */
public final class Workloads {

    private Workloads() {}

    /** The workloads that are measured on request only: each takes an hour. */
    public static List<Workload> onRequest() {
        return LossWorkloads.heavy();
    }

    /** The usual workloads. */
    public static List<Workload> usual() {
        final List<Workload> all = new ArrayList<>(List.of(MachineWorkload.workload()));
        all.addAll(BulkWorkloads.all());
        all.addAll(TapIoWorkloads.all());
        all.addAll(QueueWorkloads.all());
        all.add(ProxyWorkload.workload());
        all.addAll(LossWorkloads.all());
        all.add(FloodWorkload.create());
        all.addAll(SmallWorkloads.all());
        all.addAll(HttpWorkloads.all());
        all.add(PingTrial.workload());
        all.addAll(CrowdWorkloads.all());
        all.add(AllocationWorkload.create());
        all.add(StartWorkload.workload());
        return List.copyOf(all);
    }
}
