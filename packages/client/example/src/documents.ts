// All operations of an application in one place: `atrium-manifest` reads them from here.
import { graphql } from '@atrium/client';

/** A fragment belongs to the part of the screen that shows it. */
export const CouponCard = graphql(`
  fragment CouponCard on Coupon {
    id
    status
    template {
      name
    }
  }
`);

export const MemberHome = graphql(
  `
    query MemberHome {
      me {
        displayName
        points {
          available
          growth
        }
        tier {
          tier {
            name
          }
        }
        coupons(status: AVAILABLE, first: 5) {
          edges {
            node {
              ...CouponCard
            }
          }
        }
        unreadMessages
      }
    }
  `,
  [CouponCard],
);

export const CouponOffers = graphql(`
  query CouponOffers($first: Int!) {
    couponOffers(first: $first) {
      edges {
        node {
          claimable
          reason
          pricePoints
          template {
            id
            name
          }
        }
      }
    }
  }
`);

export const ClaimCoupon = graphql(
  `
    mutation ClaimCoupon($input: ClaimCouponInput!) {
      claimCoupon(input: $input) {
        __typename
        ... on ClaimCouponSuccess {
          coupon {
            ...CouponCard
          }
        }
        ... on UserError {
          code
          message
          remedy
        }
        ... on InsufficientPointsError {
          available
          requested
        }
        ... on InProgressError {
          retryAfterMs
        }
      }
    }
  `,
  [CouponCard],
);
