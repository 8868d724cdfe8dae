package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.KernelLink;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Link;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.lab.ServerSpec;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Trial;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Downloads over paths that lose one frame in a hundred, or one in ten and more, from Tapstack and from the kernel with
 * the same congestion control. Frames are those of an Ethernet, so each loss is that of a single segment.
 */
final class LossWorkloads {

    private static final String CABLE = "io.tapstack.bench.part.ImpairedCable";
    private static final Duration START = Duration.ofSeconds(30);
    private static final String FAR = "far";
    private static final int FLOWS = 8;
    private static final int PERCENT = 1;
    private static final double LOSS = PERCENT / 100.0;
    private static final int[] HEAVY = {10, 20, 30};
    private static final int DELAY_MILLIS = 10;
    private static final int SEED = 1;
    private static final int MIB = 1 << 20;

    private final String congestionControl;

    private LossWorkloads(final String congestionControl) {
        this.congestionControl = congestionControl;
    }

    static List<Workload> all() {
        final LossWorkloads reno = new LossWorkloads("reno");
        final LossWorkloads cubic = new LossWorkloads("cubic");
        final LossWorkloads bbr = new LossWorkloads("bbr");
        return List.of(reno.far(), cubic.far(), bbr.far(), reno.near(), cubic.near(), bbr.near());
    }

    /** The workloads of an hour each. */
    static List<Workload> heavy() {
        return List.of(new LossWorkloads("reno").heavyLoss(), new LossWorkloads("cubic").heavyLoss());
    }

    /** A round trip of 20 ms; both have a path of the same kind and seed, which loses data and ACKs. */
    private Workload far() {
        final String ours = "Tapstack, " + congestionControl;
        final String reference = "kernel, " + congestionControl;
        final String crowd = ", " + FLOWS + " flows";
        return new Workload(
                "loss-20ms-" + congestionControl,
                List.of(
                        new Subject(ours, lab -> tapstackFar(lab, 1)),
                        new Subject(reference, lab -> kernelFar(lab, 1)),
                        new Subject(ours + crowd, lab -> tapstackFar(lab, FLOWS)),
                        new Subject(reference + crowd, lab -> kernelFar(lab, FLOWS))),
                List.of(
                        compare("1 % loss, 20 ms, " + congestionControl, ours, reference, Target.atLeast(1.0)),
                        compare(
                                "1 % loss, 20 ms, " + congestionControl + crowd,
                                ours + crowd,
                                reference + crowd,
                                Target.NONE)));
    }

    /** The same path with much more loss: a rate of some segments a second, which depends on timers and back-off. */
    private Workload heavyLoss() {
        final List<Subject> subjects = new ArrayList<>();
        final List<Comparison> comparisons = new ArrayList<>();
        for (final int percent : HEAVY) {
            final String which = ", " + congestionControl + ", " + percent + " %";
            final double loss = percent / 100.0;
            subjects.add(
                    new Subject("Tapstack" + which, lab -> new HeavyLossTrial(lab, tapstack(lab, loss), () -> {})));
            subjects.add(new Subject("kernel" + which, lab -> {
                final Link link = lab.newLink();
                final Child cable = cable(lab, link, loss);
                return new HeavyLossTrial(lab, lab.serveInSecond(ServerSpec.kernel(), link.address()), cable);
            }));
            comparisons.add(compare(
                    percent + " % loss, 20 ms, " + congestionControl + ", a flow of many",
                    "Tapstack" + which,
                    "kernel" + which,
                    Target.atLeast(1.0)));
        }
        return new Workload("loss-heavy-" + congestionControl, subjects, comparisons);
    }

    /** Without a delay but the machine's; nftables drops data at the ingress of the receiving kernel. */
    private Workload near() {
        final String ours = "Tapstack, " + congestionControl;
        final String reference = "kernel without GSO, " + congestionControl;
        return new Workload(
                "loss-tap-" + congestionControl,
                List.of(new Subject(ours, this::tapstackNear), new Subject(reference, this::kernelNear)),
                List.of(compare("1 % loss, bare TAP, " + congestionControl, ours, reference, Target.atLeast(0.8))));
    }

    private static Comparison compare(
            final String name, final String subject, final String reference, final Target target) {
        return Comparison.of(name, Metric.MEGABITS, subject, reference, target);
    }

    private Trial tapstackFar(final Lab lab, final int flows) throws IOException, InterruptedException {
        return new LossTrial(lab, tapstack(lab, LOSS), farBytes(lab), flows, () -> {});
    }

    private Server tapstack(final Lab lab, final double loss) throws IOException, InterruptedException {
        final Link link = lab.newLink();
        final Server server = lab.serve(
                ServerSpec.tapstack(
                        "--cc=" + congestionControl,
                        "--loss=" + loss,
                        "--delay=" + DELAY_MILLIS + "ms",
                        "--seed=" + SEED),
                link);
        KernelLink.resolvePatiently(lab, link.tap());
        return server;
    }

    private Trial kernelFar(final Lab lab, final int flows) throws IOException, InterruptedException {
        final Link link = lab.newLink();
        final Child cable = cable(lab, link, LOSS);
        return new LossTrial(lab, lab.serveInSecond(ServerSpec.kernel(), link.address()), farBytes(lab), flows, cable);
    }

    /** Joins the two ends of {@code link} by a cable that delays and loses frames both ways. */
    private Child cable(final Lab lab, final Link link, final double loss) throws IOException, InterruptedException {
        final String far = link.tap() + FAR;
        final List<String> arguments =
                List.of(link.tap(), far, String.valueOf(loss), String.valueOf(DELAY_MILLIS), String.valueOf(SEED));
        final Child cable = lab.start("impaired cable", Lab.jvm(List.of(), CABLE, arguments));
        cable.line(START);
        KernelLink.setUp(lab, link, far, congestionControl);
        KernelLink.resolvePatiently(lab, link.tap());
        KernelLink.resolvePatientlyInSecond(lab, far);
        return cable;
    }

    private Trial tapstackNear(final Lab lab) throws IOException, InterruptedException {
        final Link link = lab.newLink();
        final Server server =
                lab.serve(ServerSpec.tapstack("--cc=" + congestionControl, "--no-offload", "--no-host-batching"), link);
        KernelLink.drop(lab, link.tap(), PERCENT);
        return new LossTrial(lab, server, nearBytes(lab), 1, () -> {});
    }

    private Trial kernelNear(final Lab lab) throws IOException, InterruptedException {
        final Link link = lab.newLink();
        final String far = link.tap() + FAR;
        lab.run("ip link add " + link.tap() + " type veth peer name " + far);
        lab.run("ip link set " + far + " gso_max_segs 1");
        KernelLink.setUp(lab, link, far, congestionControl);
        KernelLink.drop(lab, link.tap(), PERCENT);
        final Server server = lab.serveInSecond(ServerSpec.kernel(), link.address());
        return new LossTrial(lab, server, nearBytes(lab), 1, () -> {});
    }

    /** Bytes of each flow: some seconds at the expected rate. */
    private static long farBytes(final Lab lab) {
        return Math.min(lab.scale().frameBytes(), (lab.scale().quick() ? 1L : 4L) * MIB);
    }

    private static long nearBytes(final Lab lab) {
        return Math.max(MIB, lab.scale().frameBytes() / 4);
    }
}
