package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcessArgumentsTest {

    private static String[] lossless(final String commandLine, final String... decoded) {
        return ProcessArguments.lossless(decoded, commandLine);
    }

    @Test
    void theLastOnesAreOurs() {
        assertThat(lossless("java\0-jar\0x.jar\0serve\0caf\u00e9\0", "serve", "caf?"))
                .containsExactly("serve", "caf\udce9");
        assertThat(lossless("java\0serve\0\u00c3\u00bc\0", "serve", "??")).containsExactly("serve", "ü");
        assertThat(lossless("java\0\0a\0\0", "", "a", "")).containsExactly("", "a", "");
        assertThat(lossless("java\0")).isEmpty();
    }

    @Test
    void othersAreTakenAsTheyAre() {
        assertThat(lossless("java\0b\0", "a")).containsExactly("a");
        assertThat(lossless("", "a")).containsExactly("a");
        assertThat(lossless("a\0", "a", "b")).containsExactly("a", "b");
    }
}
