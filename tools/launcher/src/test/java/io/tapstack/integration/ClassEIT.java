package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.ServeMethod;
import io.tapstack.wire.IpAddress;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts with addresses in 240.0.0.0/4, which Linux treats like any others and clouds use inside. */
@Timeout(60)
class ClassEIT {

    @TempDir
    private Path directory;

    private TestNetwork network;

    @BeforeEach
    void open() throws Exception {
        network = TestNetwork.open();
        network.look(stack -> {
            stack.internet()
                    .routes()
                    .defaultGateway(
                            IpAddress.of(network.hostAddress().getAddress()),
                            stack.ipv4().interfaces().get(0).link());
            return stack;
        });
    }

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"240.1.2.3", "255.255.255.254"})
    void pingsFromThereAreAnswered(final String address) throws Exception {
        HostPrograms.run("ip", "addr", "add", address + "/32", "dev", network.tap());
        assertThat(HostPrograms.run("ping", "-n", "-c", "2", "-i", "0.1", "-I", address, network.ip()))
                .contains("2 received");
    }

    @Test
    void downloadsToThereArrive() throws Exception {
        final TestFile file = TestFile.write(directory.resolve("file"), 1 << 20);
        network.serve(directory, ServeMethod.SENDFILE);
        HostPrograms.run("ip", "addr", "add", "250.0.0.1/32", "dev", network.tap());
        assertThat(HostPrograms.script("curl -sS --fail --max-time 30 --interface 250.0.0.1 " + network.url(file.name())
                        + " | sha256sum"))
                .startsWith(file.sha256());
    }
}
