package io.tapstack.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each example that needs no TAP does what it says. */
@Timeout(60)
final class ExamplesTest {

    @Test
    void echoInMemory() throws Exception {
        assertThat(Output.of(EchoInMemory::main)).isEqualToNormalizingNewlines("hello\n");
    }

    @Test
    void faultsInVirtualTime() throws Exception {
        final String first = Output.of(FaultsInVirtualTime::main);
        assertThat(first).startsWith("1000000 bytes after ");
        assertThat(Output.of(FaultsInVirtualTime::main)).isEqualTo(first);
    }

    @Test
    void scalableTcp() throws Exception {
        assertThat(ScalableTcp.transferMillis("scalable")).isLessThan(ScalableTcp.transferMillis("newreno"));
        assertThat(Output.of(ScalableTcp::main)).contains("scalable");
    }

    @Test
    void echoOverUdpTunnel() throws Exception {
        assertThat(Output.of(EchoOverUdpTunnel::main)).isEqualToNormalizingNewlines("!\n");
    }

    @Test
    void questionsOverUdp() throws Exception {
        assertThat(Output.of(QuestionsOverUdp::main))
                .isEqualToNormalizingNewlines("1 squared is 1\n2 squared is 4\n3 squared is 9\n");
    }

    @Test
    void namedHosts() throws Exception {
        assertThat(Output.of(NamedHosts::main)).isEqualToNormalizingNewlines("/10.0.0.1:7\n");
    }
}
