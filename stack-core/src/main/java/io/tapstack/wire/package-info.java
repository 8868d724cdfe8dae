/** Headers on the wire as flyweights, addresses, checksums and sequence arithmetic. */
@NullMarked
package io.tapstack.wire;

import org.jspecify.annotations.NullMarked;
