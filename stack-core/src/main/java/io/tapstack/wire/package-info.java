/** Flyweights over the headers on the wire, addresses, checksums and sequence arithmetic. */
@NullMarked
package io.tapstack.wire;

import org.jspecify.annotations.NullMarked;
