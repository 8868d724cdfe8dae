/** The echo service of RFC 862, for TCP and UDP. */
@NullMarked
package io.tapstack.echo;

import org.jspecify.annotations.NullMarked;
