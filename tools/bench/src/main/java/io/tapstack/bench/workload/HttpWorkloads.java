package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** A file of 1 KiB by HTTP, compared with nginx. Neither logs requests. */
final class HttpWorkloads {

    private static final int FILE_BYTES = 1024;
    private static final int CONNECTIONS = 16;
    private static final int SECONDS = 3;
    private static final String FILE = "1k";
    private static final String OURS = "tapstack serve";
    private static final String NGINX = "nginx, veth";

    private HttpWorkloads() {}

    static List<Workload> all() {
        return List.of(new Workload(
                "http",
                List.of(
                        new Subject(
                                OURS, lab -> trial(lab, SiteServer.start(lab, site(lab), SiteServer.NO_ACCESS_LOG))),
                        new Subject(NGINX, lab -> trial(lab, NginxServer.start(lab, site(lab))))),
                List.of(
                        Comparison.of(
                                "HTTP, 1 KiB, " + CONNECTIONS + " connections",
                                Metric.PER_SECOND,
                                OURS,
                                NGINX,
                                Target.atLeast(0.7)),
                        Comparison.of("HTTP, 1 KiB, median latency", WrkTrial.LATENCY, OURS, NGINX, Target.NONE))));
    }

    private static WrkTrial trial(final Lab lab, final Server server) throws IOException {
        return new WrkTrial(
                lab,
                server,
                FILE,
                Files.readAllBytes(site(lab).resolve(FILE)),
                CONNECTIONS,
                lab.scale().quick() ? 1 : SECONDS);
    }

    /** A directory with the file. */
    private static Path site(final Lab lab) throws IOException {
        final Path site = Files.createDirectories(lab.directory().resolve("site"));
        if (!Files.exists(site.resolve(FILE))) {
            final byte[] content = new byte[FILE_BYTES];
            new Random(FILE_BYTES).nextBytes(content);
            Files.write(site.resolve(FILE), content);
        }
        return site;
    }
}
