package io.tapstack.bench.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import org.junit.jupiter.api.Test;

/** Parsing the output of other programs. */
class OutputOfProgramsTest {

    private static final String WRK = """
            Running 3s test @ http://10.98.1.2/1k
              1 threads and 16 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency   128.75us  205.53us   6.71ms   97.44%
                Req/Sec   124.38k    11.06k  140.51k    70.00%
              Latency Distribution
                 50%  1.02ms
                 75%  118.00us
                 90%  146.00us
                 99%    1.03ms
              371338 requests in 3.00s, 450.43MB read
            Requests/sec: 123741.71
            Transfer/sec:    150.10MB
            """;

    private static final String PING = """
            PING 10.98.1.2 (10.98.1.2) 56(84) bytes of data.

            --- 10.98.1.2 ping statistics ---
            50 packets transmitted, 50 received, 0% packet loss, time 98ms
            rtt min/avg/max/mdev = 0.031/0.071/0.320/0.020 ms
            """;

    @Test
    void wrk() throws BenchFailure {
        final Sample sample = WrkTrial.sample(WRK);
        assertThat(sample.value(Metric.PER_SECOND)).isEqualTo(123741.71);
        assertThat(sample.value(WrkTrial.LATENCY)).isEqualTo(1020);
    }

    @Test
    void wrkInTrouble() {
        assertThatThrownBy(() -> WrkTrial.sample(WRK + "  Socket errors: connect 0, read 3, write 0, timeout 0\n"))
                .isInstanceOf(BenchFailure.class)
                .hasMessageContaining("read 3");
        assertThatThrownBy(() -> WrkTrial.sample(WRK + "  Non-2xx or 3xx responses: 7\n"))
                .isInstanceOf(BenchFailure.class)
                .hasMessageContaining("7");
        assertThatThrownBy(() -> WrkTrial.sample("unable to connect")).isInstanceOf(BenchFailure.class);
    }

    @Test
    void ping() throws BenchFailure {
        assertThat(PingTrial.averageMicros(PING, 50)).isEqualTo(71);
        assertThatThrownBy(() -> PingTrial.averageMicros(PING, 51)).isInstanceOf(BenchFailure.class);
        assertThatThrownBy(() -> PingTrial.averageMicros(PING.replace("50 received, 0%", "49 received, 2%"), 50))
                .isInstanceOf(BenchFailure.class);
    }

    @Test
    void residentMemory() throws BenchFailure {
        assertThat(Footprint.residentMebibytes("Name:\tjava\nVmRSS:\t  131072 kB\nRssAnon:\t 1 kB\n"))
                .isEqualTo(128);
        assertThatThrownBy(() -> Footprint.residentMebibytes("Name:\tjava\n")).isInstanceOf(BenchFailure.class);
    }
}
