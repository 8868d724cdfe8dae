package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.http.client.DownloadProgress;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KeptTest {

    private final Kept kept = new Kept(DownloadProgress.SILENT, 0);

    @Test
    void countsWhatIsThere() {
        kept.begin(1024, OptionalLong.empty());
        kept.advance(512);
        kept.advance(512);
        assertThat(kept.isEnded()).isFalse();
        kept.end();
        assertThat(kept.isEnded()).isTrue();
        assertThat(kept.words("f", "get --continue")).isEqualTo("f: 2.00 KiB kept; get --continue goes on");
        assertThat(kept.words("stdout", "")).isEqualTo("stdout: 2.00 KiB written, interrupted");
    }

    @Test
    void beforeTheBodyNothingIsLost() {
        assertThat(kept.isEnded()).isFalse();
        assertThat(kept.words("f", "get --continue")).isEqualTo("f: interrupted, nothing has come");
        assertThat(new Kept(DownloadProgress.SILENT, 2048).words("f", "get --continue"))
                .isEqualTo("f: 2.00 KiB kept; get --continue goes on");
    }

    /** A server with another version sends it from its start. */
    @Test
    void aDownloadThatStartsAgainKeepsNothingOfTheFirst() {
        final Kept again = new Kept(DownloadProgress.SILENT, 2048);
        again.begin(0, OptionalLong.of(4096));
        assertThat(again.words("f", "get --continue")).isEqualTo("f: interrupted, nothing has come");
    }
}
