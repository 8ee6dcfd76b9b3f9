/** How AWS, or Pulumi's provider for it, says no. */

const checking = 'error validating provider credentials: error calling sts:GetCallerIdentity';
const sts = 'operation error STS: GetCallerIdentity, https response error StatusCode: 403';
const ec2 = 'operation error EC2: DescribeAvailabilityZones, https response error StatusCode';

/**
 * What is the matter, what is said, and a hint that helps. As users have met them:
 * https://github.com/pulumi/pulumi-aws/issues/2285, …/2560, …/1158, …/pull/3310,
 * https://github.com/turbot/steampipe-plugin-aws/issues/75
 */
export const refusalsOfAws = [
  [
    'no credentials',
    'unable to validate AWS credentials.\nDetails: No valid credential sources found. Please see ' +
      'https://www.pulumi.com/registry/packages/aws/installation-configuration/\nfor more ' +
      'information about providing credentials.\n\nError: failed to refresh cached credentials, no ' +
      'EC2 IMDS role found, operation error ec2imds: GetMetadata, request canceled, context ' +
      'deadline exceeded\n\nMake sure you have set your AWS region, e.g. `pulumi config set ' +
      'aws:region us-west-2`.',
    'aws sts get-caller-identity',
  ],
  [
    'credentials that are none',
    "pulumi:providers:aws resource 'default_7_48_0' has a problem: Invalid credentials configured.",
    'aws sts get-caller-identity',
  ],
  [
    'a key that is unknown',
    `${checking}: ${sts}, RequestID: 87fecadb-d8fc-43ac-8147-a6f49179ce6d, api error ` +
      'InvalidClientTokenId: The security token included in the request is invalid.',
    'aws sts get-caller-identity',
  ],
  [
    'a region that the account has not enabled',
    `${ec2}: 401, RequestID: 868174ba-46a8-437d-8c6b-64ee448dd0dc, api error AuthFailure: AWS was ` +
      'not able to validate the provided access credentials',
    'and whether your account has the region enabled',
  ],
  [
    'a session that is over',
    `${checking}: ${sts}, RequestID: 87fecadb-d8fc-43ac-8147-a6f49179ce6d, api error ExpiredToken: ` +
      'The security token included in the request is expired',
    'sign in again',
  ],
  [
    'no permission',
    `${ec2}: 403, RequestID: 868174ba-46a8-437d-8c6b-64ee448dd0dc, api error ` +
      'UnauthorizedOperation: You are not authorized to perform this operation. User: ' +
      'arn:aws:iam::123456789012:user/up is not authorized to perform: ' +
      'ec2:DescribeAvailabilityZones because no identity-based policy allows the ' +
      'ec2:DescribeAvailabilityZones action',
    'docs/aws.md',
  ],
  [
    'no such region',
    '1 error occurred:\n\t* Invalid AWS Region: eu-nowhere-1',
    'is aws:region right?',
  ],
  [
    'no address of such a region',
    `${checking}: operation error STS: GetCallerIdentity, https response error StatusCode: 0, ` +
      'RequestID: , request send failed, Post "https://sts.eu-nowhere-1.amazonaws.com/": dial tcp: ' +
      'lookup sts.eu-nowhere-1.amazonaws.com: no such host',
    'is aws:region right?',
  ],
] as const;
