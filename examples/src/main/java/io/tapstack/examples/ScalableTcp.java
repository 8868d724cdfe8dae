package io.tapstack.examples;

import io.tapstack.link.Impairment;
import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.tcp.congestion.LossBasedControl;

// tag::control[]
/** Scalable TCP (Kelly 2003): a hundredth more for each byte acknowledged, an eighth less after a loss. */
final class ScalableTcp extends LossBasedControl {

    static final CongestionControls CONTROLS = CongestionControls.BUILT_IN.with("scalable", ScalableTcp::new);

    private int acknowledged;

    @Override
    public String name() {
        return "scalable";
    }

    @Override
    protected int congestionAvoidance(final AckSample ack) {
        acknowledged += ack.ackedBytes;
        final int growth = acknowledged / 100;
        acknowledged -= growth * 100;
        return growth;
    }

    @Override
    protected int reduced(final int flight) {
        return Math.max(flight - flight / 8, 2 * mss());
    }
    // end::control[]

    /** Compares it with CUBIC on a long fat network that loses a frame of a thousand. */
    public static void main(final String[] args) throws Exception {
        System.out.println("cubic    " + transferMillis("cubic") + " ms");
        System.out.println("scalable " + transferMillis("scalable") + " ms");
    }

    // tag::use[]
    static long transferMillis(final String control) throws Exception {
        final Impairment path =
                Impairment.NONE.withDelay(50_000_000).withLoss(0.001).withRate(12_500_000, 1_000_000);
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .virtualTime()
                        .seed(1)
                        .impairment(path)
                        .build();
                Host server = network.host("server")
                        .address("10.0.0.1/24")
                        .tcp(tcp -> tcp.congestionControls(CONTROLS).congestionControl(control))
                        .start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(80);
                TapSocket socket = client.connect("10.0.0.1", 80);
                TapSocket peer = listener.accept()) {
            network.start("sending", () -> {
                peer.output().write(new byte[20_000_000]);
                peer.close();
            });
            socket.input().readAllBytes();
            return network.elapsed().toMillis();
        }
    }
    // end::use[]
    // tag::control[]
}
// end::control[]
