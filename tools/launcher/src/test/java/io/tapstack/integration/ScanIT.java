package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.ServeMethod;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** nmap finds open ports and closed ports, and none without an answer ("filtered"). */
@Timeout(60)
class ScanIT {

    @TempDir
    private Path directory;

    private TestNetwork network;

    @BeforeEach
    void open() throws Exception {
        network = TestNetwork.open();
        network.serve(directory, ServeMethod.SENDFILE);
    }

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-sS", "-sT"})
    void tcp(final String kind) throws Exception {
        assertThat(HostPrograms.run("nmap", "-n", "-Pn", kind, "-p", "79-81,443", network.ip()))
                .contains("79/tcp closed", "80/tcp open", "81/tcp closed", "443/tcp closed")
                .doesNotContain("filtered");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-sS", "-sT"})
    void aThousandTcpPorts(final String kind) throws Exception {
        assertThat(HostPrograms.run("nmap", "-n", "-Pn", kind, "--reason", "-p", "1-1000", network.ip()))
                .contains("999 closed tcp ports", "80/tcp open")
                .doesNotContain("filtered");
    }

    /** RFC 9293 3.10.7.1: a closed port answers everything but a reset with a reset; nmap calls that unfiltered. */
    @Test
    void ackScan() throws Exception {
        assertThat(HostPrograms.run("nmap", "-n", "-Pn", "-sA", "-p", "79-81", network.ip()))
                .containsAnyOf("79/tcp unfiltered", "unfiltered tcp ports (reset)")
                .doesNotContainPattern("tcp filtered");
    }

    /** RFC 1122 4.1.3.1: port unreachable. Few ports, for these errors are rate-limited. */
    @Test
    void udp() throws Exception {
        assertThat(HostPrograms.run("nmap", "-n", "-Pn", "-sU", "--reason", "-p", "7,53,123,5000", network.ip()))
                .contains("7/udp closed", "53/udp closed", "123/udp closed", "5000/udp closed")
                .contains("port-unreach")
                .doesNotContain("filtered");
    }
}
