package io.tapstack.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.error.SocketErrorException;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.testing.Decisions;
import io.tapstack.wire.TcpHeader;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames, time and calls in any order against a whole stack: no call throws or hangs, no resource leaks, the bytes
 * received are those sent, and the bytes sent are those written.
 */
class StackFuzzTest {

    private static final int RANDOM_BYTES = 20_000;

    @FuzzTest
    void frameTimeAndCall(final byte[] input) throws SocketErrorException {
        new StackScript(new Decisions(input)).play();
    }

    /** An event of the scripts: the model learns a cookie and opens with it, and so does the stack. */
    @Test
    void cookiesAreUsedAgain() throws SocketErrorException {
        final FuzzedHost host = new FuzzedHost(LinkCapabilities.plain(LinkType.IP, 1_500), 256L << 20);
        host.listen(4, new TcpConfig().fastOpenQueue(4));
        final ModelPeer client = host.peers.get(0);
        client.fastOpen = true;
        for (int opened = 0; opened < 2; opened++) {
            client.begin(1_000_000 * opened);
            host.receive(client.next(TcpHeader.SYN, 100, host.now()));
            assertThat(host.stack.statistics().fastOpens)
                    .as("before and with a cookie")
                    .isEqualTo(opened);
            // Without a cookie the data is refused.
            final int expected = client.sndNxt - (opened == 0 ? 100 : 0);
            host.receive(client.again(TcpHeader.RST | TcpHeader.ACK, expected, 0, host.now()));
        }
        final ModelPeer server = host.peers.get(2);
        server.fastOpen = true;
        for (int opened = 0; opened < 2; opened++) {
            host.connect(server, new TcpConfig().fastOpen(true), 100);
            assertThat(server.rcvNxt
                            - Objects.requireNonNull(host.conversationWith(server))
                                    .tcb
                                    .iss()
                            - 1)
                    .as("with the SYN")
                    .isEqualTo(100 * opened);
            server.begin(0);
            host.receive(server.next(TcpHeader.SYN | TcpHeader.ACK, 0, host.now()));
            Objects.requireNonNull(host.applicationOf(server)).close(host.now());
            host.settle();
            host.receive(server.again(TcpHeader.RST | TcpHeader.ACK, server.sndNxt, 0, host.now()));
            host.check();
        }
        host.down();
    }

    /** The same without a fuzzer, so that every test run covers some of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anythingAtRandom(final long seed) throws SocketErrorException {
        final byte[] input = new byte[RANDOM_BYTES];
        new SplittableRandom(seed).nextBytes(input);
        final StackScript script = new StackScript(new Decisions(input));
        script.play();
        assertThat(script.steps()).as("steps").isGreaterThan(500);
    }
}
