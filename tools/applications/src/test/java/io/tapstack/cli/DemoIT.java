package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The whole demonstration: ping, arping, nmap and curl of the host succeed. */
class DemoIT {

    @Test
    void allIsRight() {
        final StringWriter out = new StringWriter();
        final CommandLine line = Main.commandLine(StackSession::open);
        line.setOut(new PrintWriter(out));
        assertThat(line.execute("demo")).as(out.toString()).isZero();
        assertThat(out.toString()).contains("✔ all is right").doesNotContain("✘");
    }
}
